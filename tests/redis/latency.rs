//! Prints the latency of a call to a server on the same machine.

use std::time::Duration;

use masthead::ticker::{Kept, SharedStore as _, Wish};

use crate::server::RedisServer;
use crate::{lease, median, order, publish, read, say, store, timed};

const ROUNDS: i64 = 300;
/// The limit for adopting another node's refresh, for an optimised build on an idle machine.
const LONGEST: Duration = Duration::from_millis(2);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_call_takes_a_fraction_of_a_millisecond() {
    let server = RedisServer::start(&[]);
    let store = store(&server);
    let body = "7".repeat(100_000);
    publish(&store, "rates", &order(ROUNDS + 10_000, "a"), &body).await;
    let mut times: [Vec<Duration>; 5] = Default::default();
    for round in 0..ROUNDS {
        let said = order(ROUNDS + 5000 - round, "a");
        let (mark, took) = timed(store.mark()).await;
        assert!(mark.unwrap().is_some());
        times[0].push(took);
        let (_, took) = timed(publish(&store, "rates", &said, &body)).await;
        times[1].push(took);
        let (kept, took) = timed(read(&store, "rates", None)).await;
        assert!(matches!(kept, Kept::Newer(..)));
        times[2].push(took);
        let (kept, took) = timed(read(&store, "rates", Some(&said))).await;
        assert!(matches!(kept, Kept::Known(_)), "{kept:?}");
        times[3].push(took);
        let (_, took) = timed(lease(&store, "rates", Wish::Take, "a")).await;
        times[4].push(took);
    }
    let [mark, publish, read, nothing, lease] = times.map(median);
    say(&format!(
        "median of {ROUNDS}: mark {mark:?}, read of nothing new {nothing:?}, publish of 100 kB {publish:?}, \
         read of 100 kB {read:?}, lease {lease:?}"
    ));
    for took in [mark, publish, read, nothing, lease] {
        assert!(took < 5 * LONGEST, "{took:?}");
    }
}
