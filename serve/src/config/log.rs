//! Settings of the log.

use tracing::level_filters::LevelFilter;

use super::reader::Section;
use crate::log::Format;

/// Settings of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogSettings {
    pub(crate) format: Format,
    /// The least level that is written. Requests have a switch of their own.
    pub(crate) level: LevelFilter,
    /// Whether each request is a line.
    pub(crate) access: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            format: Format::Text,
            level: LevelFilter::INFO,
            access: false,
        }
    }
}

impl LogSettings {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let formats = [("text", Format::Text), ("json", Format::Json)];
        let levels = [
            ("error", LevelFilter::ERROR),
            ("warn", LevelFilter::WARN),
            ("info", LevelFilter::INFO),
            ("debug", LevelFilter::DEBUG),
        ];
        let format = section.entry("format");
        let level = section.entry("level");
        let access = section.entry("access");
        section.finish();
        let default = Self::default();
        Self {
            format: format
                .and_then(|entry| entry.choose(&formats))
                .unwrap_or(default.format),
            level: level
                .and_then(|entry| entry.choose(&levels))
                .unwrap_or(default.level),
            access: access
                .and_then(|entry| entry.boolean())
                .unwrap_or(default.access),
        }
    }

    /// Takes over the settings of a running server that cannot change while it runs. Returns the keys of those that differ.
    pub(super) fn keep_what_needs_a_restart(&mut self, running: &Self) -> Vec<&'static str> {
        let mut waiting = Vec::new();
        if self.format != running.format {
            waiting.push("log.format");
        }
        if self.level != running.level {
            waiting.push("log.level");
        }
        (self.format, self.level) = (running.format, running.level);
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn read(lines: &str) -> Result<LogSettings, String> {
        let text = format!("contact = \"a; b@example.kz\"\n{lines}\n");
        let config = Config::parse("FILE", &text);
        config
            .map(|config| config.log)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn settings_are_read_and_errors_have_their_lines() {
        assert_eq!(read(""), Ok(LogSettings::default()));
        let all = LogSettings {
            format: Format::Json,
            level: LevelFilter::DEBUG,
            access: true,
        };
        let lines = "[log]\nformat = \"json\"\nlevel = \"debug\"\naccess = true";
        assert_eq!(read(lines), Ok(all));
        for (line, error) in [
            (
                "format = \"xml\"",
                "3:10: log.format: unknown \"xml\"; expected one of text, json",
            ),
            (
                "level = \"trace\"",
                "3:9: log.level: unknown \"trace\"; expected one of error, warn, info, debug",
            ),
            (
                "access = 1",
                "3:10: log.access: expected true or false, found a whole number",
            ),
            (
                "file = \"serve.log\"",
                "3:1: log.file: unknown key; accepted are format, level, access",
            ),
        ] {
            let found = read(&format!("[log]\n{line}")).unwrap_err();
            assert_eq!(found, format!("FILE:{error}"));
        }
    }

    #[test]
    fn only_the_access_log_is_switched_while_the_server_runs() {
        let mut new = read("[log]\nformat = \"json\"\nlevel = \"warn\"\naccess = true").unwrap();
        let waiting = new.keep_what_needs_a_restart(&LogSettings::default());
        assert_eq!(waiting, ["log.format", "log.level"]);
        let expected = LogSettings {
            access: true,
            ..LogSettings::default()
        };
        assert_eq!(new, expected);
    }
}
