//! What is done with a recording, and how that can end.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// What is done with each file. It is called from many threads at one time.
pub trait Work: Sync {
    /// All that outcomes depend on besides the recording: the program's version, the model, the options.
    /// Where it changes, all recordings are dealt with anew.
    fn identity(&self) -> &str;

    /// Names of the columns of the index that are this work's own; none of them contains a line break.
    fn columns(&self) -> &[String];

    /// Extensions, without dot, of the files that come of a recording.
    fn extensions(&self) -> &[&'static str];

    /// Deals with the file at `path`. A panic in here counts as a failure of this recording.
    fn process(&self, path: &Path) -> Outcome;
}

/// How a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// What was to come of it was written.
    Ok,
    /// It was read, but refused for its quality or its kind.
    Refused,
    /// It could not be read, or something else went wrong.
    Failed,
    /// It is no recording.
    Skipped,
    /// It is a part of a recording that another file stands for, and has no row of its own.
    Part,
}

impl Status {
    const ALL: [Self; 5] = [
        Self::Ok,
        Self::Refused,
        Self::Failed,
        Self::Skipped,
        Self::Part,
    ];

    /// The word in the index.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Part => "part",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Status {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.name() == word).ok_or(())
    }
}

/// What came of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub(super) status: Status,
    pub(super) reason: String,
    pub(super) values: Vec<String>,
    pub(super) files: Vec<Vec<u8>>,
    pub(super) may_pass: bool,
}

impl Outcome {
    fn without_files(status: Status, reason: impl fmt::Display) -> Self {
        Self {
            status,
            reason: reason.to_string(),
            values: Vec::new(),
            files: Vec::new(),
            may_pass: false,
        }
    }

    /// All went well: `files` are the contents of one file for each of the [extensions](Work::extensions).
    pub fn done(files: Vec<Vec<u8>>) -> Self {
        Self {
            files,
            ..Self::without_files(Status::Ok, "")
        }
    }

    /// The recording was refused.
    pub fn refused(reason: impl fmt::Display) -> Self {
        Self::without_files(Status::Refused, reason)
    }

    /// Something is wrong with the recording, and will be until it changes.
    pub fn failed(reason: impl fmt::Display) -> Self {
        Self::without_files(Status::Failed, reason)
    }

    /// Something went wrong that may have passed when the next run tries again: the operating system
    /// refused.
    pub fn failed_for_now(reason: impl fmt::Display) -> Self {
        Self {
            may_pass: true,
            ..Self::failed(reason)
        }
    }

    /// The file is no recording.
    pub fn skipped(reason: impl fmt::Display) -> Self {
        Self::without_files(Status::Skipped, reason)
    }

    /// The file is a part of a recording that another file stands for.
    pub fn part() -> Self {
        Self::without_files(Status::Part, "")
    }

    /// The same with values for the work's own [columns](Work::columns); those beyond the last one given
    /// stay empty.
    pub fn with_values(self, values: Vec<String>) -> Self {
        Self { values, ..self }
    }
}
