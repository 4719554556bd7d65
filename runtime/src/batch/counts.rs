//! What came of all recordings.

use std::fmt;

use serde::Serialize;

use super::work::Status;

/// How many files ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Recordings of which something came.
    pub ok: u64,
    /// Recordings refused for their quality or their kind.
    pub refused: u64,
    /// Recordings that could not be read, and other failures.
    pub failed: u64,
    /// Files that are no recordings.
    pub skipped: u64,
    /// Files that belong to a recording that another file stands for; of the last look at the folder.
    pub parts: u64,
    /// Files that an earlier run or an earlier look dealt with; of the last look at the folder.
    pub unchanged: u64,
}

/// How a run ended that was not stopped by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// What came of the recordings.
    #[serde(flatten)]
    pub counts: Counts,
    /// Whether it was asked to stop before it had dealt with all recordings.
    pub interrupted: bool,
}

impl Counts {
    /// Files dealt with, without parts and unchanged ones.
    pub fn dealt_with(self) -> u64 {
        self.ok + self.refused + self.failed + self.skipped
    }

    pub(super) fn add(&mut self, status: Status) {
        let count = match status {
            Status::Ok => &mut self.ok,
            Status::Refused => &mut self.refused,
            Status::Failed => &mut self.failed,
            Status::Skipped => &mut self.skipped,
            Status::Part => &mut self.parts,
        };
        *count += 1;
    }

    /// Forgets what is counted of one look at the folder only.
    pub(super) fn begin_look(&mut self) {
        (self.parts, self.unchanged) = (0, 0);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} done", self.ok)?;
        for (count, word) in [
            (self.refused, "refused"),
            (self.failed, "failed"),
            (self.skipped, "no ECG"),
            (self.unchanged, "unchanged"),
        ] {
            if count > 0 {
                write!(formatter, ", {count} {word}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_none_of_is_not_named() {
        let mut counts = Counts::default();
        assert_eq!(counts.to_string(), "0 done");
        for status in [
            Status::Ok,
            Status::Ok,
            Status::Failed,
            Status::Skipped,
            Status::Part,
        ] {
            counts.add(status);
        }
        assert_eq!(counts.to_string(), "2 done, 1 failed, 1 no ECG");
        assert_eq!((counts.dealt_with(), counts.parts), (4, 1));
    }
}
