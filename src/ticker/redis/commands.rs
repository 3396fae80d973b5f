//! The operations of the store, as pipelines of plain commands.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use redis::Pipeline;

use super::answer::{self, is_other_type, parse};
use super::link::{Call, Reply};
use super::server::Trouble;
use super::{RedisStore, SCHEMA, member};
use crate::engine::{
    Ask, Lease, Leases, Node, SharedChange, SharedRecord, SharedRecords, SharedText, Topic, Wish,
};
use crate::ledger::RecordId;
use crate::ticker::StoreError;

/// After this time without a change the keys of a topic expire: its records are of days that servers no longer share.
const KEPT_FOR: Duration = Duration::from_secs(100 * 86_400);
/// The longest time to live of any key. A server refuses one that is too long.
const LONGEST: Duration = Duration::from_secs(400 * 86_400);

/// The outcome of a change.
enum Outcome {
    Done,
    /// The key of the topic has another type.
    OtherType(String),
    /// The server refuses such commands.
    Refused(Trouble),
}

/// The state of a lease after the first pipeline.
struct Found {
    /// The holder, if there is one with a valid name.
    node: Option<Node>,
    left: Option<Duration>,
    /// The time after which it is to expire, if that changes.
    expire: Option<Duration>,
}

impl RedisStore {
    fn key(&self, name: impl fmt::Display) -> String {
        format!("{}:{SCHEMA}:{name}", self.prefix)
    }

    fn revision_key(&self, topic: &Topic) -> String {
        self.key(format_args!("revision:{topic}"))
    }

    fn seen_key(&self, topic: &Topic) -> String {
        self.key(format_args!("seen:{topic}"))
    }

    fn text_key(&self, id: &RecordId) -> String {
        self.key(format_args!("text:{id}"))
    }

    fn lease_key(&self, topic: &Topic) -> String {
        self.key(format_args!("lease:{topic}"))
    }

    pub(super) fn channel(&self) -> String {
        self.key("news")
    }

    pub(super) async fn read_revisions(
        &self,
        topics: &[Topic],
    ) -> Result<Vec<Option<String>>, StoreError> {
        // More than a revision has, and little of a foreign value.
        let keys = topics.iter().map(|topic| self.revision_key(topic));
        self.read_texts(keys.collect(), 64, |bytes| {
            String::from_utf8_lossy(&bytes).into_owned().into()
        })
        .await
    }

    pub(super) async fn read_texts_of(
        &self,
        ids: &[RecordId],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let keys = ids.iter().map(|id| self.text_key(id));
        self.read_texts(keys.collect(), SharedText::LONGEST + 1, |bytes| {
            let text = String::from_utf8(bytes).ok();
            text.filter(|text| text.len() <= SharedText::LONGEST)
        })
        .await
    }

    /// Reads the first bytes of strings. `None` for a string that is empty or does not exist, and for a key of another type.
    async fn read_texts(
        &self,
        keys: Vec<String>,
        most: usize,
        text: impl Fn(Vec<u8>) -> Option<String>,
    ) -> Result<Vec<Option<String>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut commands = Pipeline::with_capacity(keys.len());
        for key in &keys {
            commands.cmd("GETRANGE").arg(key).arg(0).arg(most - 1);
        }
        let mut call = self.link.call(&self.server);
        let texts = call.ask(&commands).await.and_then(|replies| {
            let texts = replies.into_iter().map(|reply| {
                let bytes = answer::bytes(Some(reply))?;
                Ok(bytes.filter(|bytes| !bytes.is_empty()).and_then(&text))
            });
            texts.collect()
        });
        call.end(texts)
    }

    pub(super) async fn read_records(&self, topics: &[Topic]) -> Result<SharedRecords, StoreError> {
        let mut call = self.link.call(&self.server);
        match (self.try_read_records(&mut call, topics).await, topics) {
            (Err(trouble), [topic]) if trouble.is_flood => {
                let flood = call.end(Err(trouble));
                let emptied = self.emptied(topic).await;
                emptied.map_or(flood, |(now, error)| {
                    let topics = vec![Err(error)];
                    Ok(SharedRecords { topics, now })
                })
            }
            (Err(trouble), [_, ..]) if trouble.is_flood => {
                // Its connection is not used again.
                _ = call.end(Err::<(), _>(trouble));
                self.read_records_apart(topics).await
            }
            (records, _) => call.end(records),
        }
    }

    /// Reads the records of each topic in a call of its own: the key of one of them has too much.
    async fn read_records_apart(&self, topics: &[Topic]) -> Result<SharedRecords, StoreError> {
        let mut read = SharedRecords {
            topics: Vec::with_capacity(topics.len()),
            now: DateTime::UNIX_EPOCH,
        };
        for topic in topics {
            let alone = Box::pin(self.read_records(std::slice::from_ref(topic))).await?;
            read.topics.extend(alone.topics);
            read.now = alone.now;
        }
        Ok(read)
    }

    /// Removes all members of a topic's key, because another program has written to it; every server adds what is missing. Returns the time of the server's clock, and the error of the topic.
    async fn emptied(&self, topic: &Topic) -> Result<(DateTime<Utc>, StoreError), StoreError> {
        let key = self.seen_key(topic);
        let mut commands = Pipeline::with_capacity(2);
        commands.cmd("TIME");
        let remove = commands.cmd("ZREMRANGEBYRANK").arg(&key);
        remove.arg(0).arg(-1);
        let mut call = self.link.call(&self.server);
        let removed = call.ask(&commands).await.and_then(|replies| {
            let mut replies = replies.into_iter();
            let now = answer::time(replies.next())?;
            answer::number(replies.next())?;
            Ok(now)
        });
        let error = format!("{key} was emptied: its members were too long to be read");
        Ok((call.end(removed)?, self.server.error(error)))
    }

    async fn try_read_records(
        &self,
        call: &mut Call<'_>,
        topics: &[Topic],
    ) -> Result<SharedRecords, Trouble> {
        let keys: Vec<String> = topics.iter().map(|topic| self.seen_key(topic)).collect();
        let mut commands = Pipeline::with_capacity(1 + keys.len());
        commands.cmd("TIME");
        for key in &keys {
            let range = commands.cmd("ZRANGE").arg(key);
            let range = range.arg(0).arg(SharedRecord::MOST - 1);
            range.arg("REV").arg("WITHSCORES");
        }
        let mut replies = call.ask(&commands).await?.into_iter();
        let now = answer::time(replies.next())?;
        let topics = keys.iter().map(|key| {
            let records = answer::records(replies.next())?;
            Ok(records.ok_or_else(|| self.server.error(other_type(key))))
        });
        let topics = topics.collect::<Result<_, Trouble>>()?;
        Ok(SharedRecords { topics, now })
    }

    pub(super) async fn write(
        &self,
        changes: &[SharedChange],
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = self.link.call(&self.server);
        let outcomes = self.try_write(&mut call, changes).await;
        call.end(outcomes)
    }

    async fn try_write(
        &self,
        call: &mut Call<'_>,
        changes: &[SharedChange],
    ) -> Result<Vec<Result<(), StoreError>>, Trouble> {
        let counts: Vec<usize> = changes
            .iter()
            .map(|change| self.pipeline(std::slice::from_ref(change)).len())
            .collect();
        // Sent again with the same revision, it would bring back one that another server has replaced meanwhile.
        let commands = || self.pipeline(changes);
        let mut replies = call.ask_made(&commands).await?.into_iter();
        let outcomes = counts.iter().zip(changes).map(|(count, change)| {
            let key = self.seen_key(&change.topic);
            outcome(replies.by_ref().take(*count), &key)
        });
        let mut outcomes: Vec<Outcome> = outcomes.collect();
        let is_refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
        // A replica, a full server, or a user without the right: no other change would be accepted.
        if outcomes.iter().all(is_refused)
            && let Some(Outcome::Refused(trouble)) = outcomes.pop()
        {
            return Err(trouble);
        }
        if outcomes.iter().any(|it| matches!(it, Outcome::Done)) {
            let mut command = Pipeline::new();
            command.cmd("PUBLISH").arg(self.channel()).arg("changed");
            // A refusal is ignored: without the right to notify, servers find the revision.
            call.ask(&command).await?;
        }
        let outcomes = outcomes.into_iter().map(|outcome| match outcome {
            Outcome::Done => Ok(()),
            Outcome::OtherType(text) => Err(self.server.error(text)),
            Outcome::Refused(trouble) => Err(self.server.error(trouble)),
        });
        Ok(outcomes.collect())
    }

    fn pipeline(&self, changes: &[SharedChange]) -> Pipeline {
        let mut commands = Pipeline::new();
        for change in changes {
            self.add_change(&mut commands, change);
        }
        commands
    }

    fn add_change(&self, commands: &mut Pipeline, change: &SharedChange) {
        let key = self.seen_key(&change.topic);
        if !change.removed.is_empty() {
            let remove = commands.cmd("ZREM").arg(&key);
            for key in &change.removed {
                remove.arg(member::member(key));
            }
        }
        // A longer one would never be read.
        let fits = |text: &&SharedText| text.text.len() <= SharedText::LONGEST;
        for SharedText { id, text, keep } in change.texts.iter().filter(fits) {
            let set = commands.cmd("SET").arg(self.text_key(id)).arg(text);
            set.arg("PX").arg(millis(*keep).max(1));
        }
        if !change.records.is_empty() {
            // `GT` adds members, and changes a score to a greater one only.
            let add = commands.cmd("ZADD").arg(&key).arg("GT");
            for SharedRecord { key, last } in &change.records {
                add.arg(last.timestamp_millis()).arg(member::member(key));
            }
        }
        let least = SharedRecord::MOST + 1;
        let trim = commands.cmd("ZREMRANGEBYRANK").arg(&key);
        trim.arg(0).arg(format!("-{least}"));
        commands.cmd("PEXPIRE").arg(&key).arg(millis(KEPT_FOR));
        let set = commands.cmd("SET").arg(self.revision_key(&change.topic));
        set.arg(format!("{:016x}", fastrand::u64(..)));
        set.arg("PX").arg(millis(KEPT_FOR));
    }

    pub(super) async fn ask_leases(
        &self,
        asks: &[Ask],
        node: &Node,
        time: Duration,
    ) -> Result<Leases, StoreError> {
        let mut call = self.link.call(&self.server);
        let leases = self.try_ask_leases(&mut call, asks, node, time).await;
        call.end(leases)
    }

    async fn try_ask_leases(
        &self,
        call: &mut Call<'_>,
        asks: &[Ask],
        node: &Node,
        time: Duration,
    ) -> Result<Leases, Trouble> {
        let time = Duration::from_millis(millis(time).max(1));
        let keys: Vec<String> = asks.iter().map(|ask| self.lease_key(&ask.topic)).collect();
        let mut commands = Pipeline::new();
        commands.cmd("TIME");
        for (Ask { wish, .. }, key) in asks.iter().zip(&keys) {
            if *wish == Wish::Take {
                let set = commands.cmd("SET").arg(key).arg(node.as_str());
                set.arg("NX").arg("PX").arg(millis(time));
            }
            // One byte more than a name has, so that a longer value is not a name.
            commands.cmd("GETRANGE").arg(key).arg(0).arg(64);
            commands.cmd("PTTL").arg(key);
        }
        let mut replies = call.ask(&commands).await?.into_iter();
        let now = answer::time(replies.next())?;
        let found = asks
            .iter()
            .map(|ask| found(&mut replies, ask.wish, node, time));
        let mut found: Vec<Found> = found.collect::<Result<_, Trouble>>()?;

        // Two servers that do this at once may renew each other's lease, which costs a request at most.
        let mut commands = Pipeline::new();
        for (found, key) in found.iter().zip(&keys) {
            if let Some(time) = found.expire {
                commands.cmd("PEXPIRE").arg(key).arg(millis(time));
            }
        }
        if !commands.is_empty() {
            let mut replies = call.ask(&commands).await?.into_iter();
            for found in &mut found {
                if let Some(time) = found.expire {
                    let is_set = answer::number(replies.next())? == 1;
                    found.left = is_set.then_some(time);
                }
            }
        }
        let held = found.into_iter().map(|Found { node, left, .. }| {
            let left = left.filter(|left| !left.is_zero());
            node.zip(left).map(|(node, left)| Lease { node, left })
        });
        Ok(Leases {
            held: held.collect(),
            now,
        })
    }
}

fn outcome(replies: impl Iterator<Item = Reply>, key: &str) -> Outcome {
    let mut outcome = Outcome::Done;
    for error in replies.filter_map(Reply::err) {
        if !is_other_type(&error) {
            return Outcome::Refused(error.into());
        }
        outcome = Outcome::OtherType(other_type(key));
    }
    outcome
}

fn other_type(key: &str) -> String {
    format!("{key} cannot be used: a value of another type")
}

fn found(
    replies: &mut impl Iterator<Item = Reply>,
    wish: Wish,
    node: &Node,
    time: Duration,
) -> Result<Found, Trouble> {
    let is_taken = wish == Wish::Take && answer::was_free(replies.next())?;
    let holder = answer::bytes(replies.next())?;
    let left = answer::left(answer::number(replies.next())?);
    if is_taken {
        return Ok(Found {
            node: Some(node.clone()),
            left: Some(time),
            expire: None,
        });
    }
    let is_string = holder.is_some();
    let holder = holder.and_then(|holder| parse::<Node>(&holder));
    let is_ours = holder.as_ref() == Some(node);
    let expire = match wish {
        // Without an expiry no server wrote it, and it would be held forever.
        Wish::Take => (is_ours || (is_string && left.is_none())).then_some(time),
        Wish::Rest(time) => is_ours.then_some(time),
        Wish::Look => None,
    };
    Ok(Found {
        node: holder,
        left,
        expire,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.min(LONGEST).as_millis()).unwrap_or(u64::MAX)
}
