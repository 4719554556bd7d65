//! The numpy prototype, kept running in a process of its own.

use std::error::Error;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Answers with the time that each subject took, imports left out.
const DRIVER: &str = include_str!("prototype.py");

/// What is timed.
#[derive(Clone, Copy)]
pub enum Work {
    /// ECG and both mid-slice pictures at end-diastole and end-systole.
    Pictures,
    /// ECG, the whole short-axis stack and the four-chamber cine, as files.
    Stack,
}

/// The running prototype.
pub struct Prototype {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Prototype {
    /// Starts it if `ECG2MRI_PROTOTYPE` names its folder, with the Python that `ECG2MRI_PYTHON`
    /// names (else `python3`), which must have numpy and scipy.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start() -> Result<Option<Self>, Box<dyn Error>> {
        let Some(folder) = std::env::var_os("ECG2MRI_PROTOTYPE").map(PathBuf::from) else {
            return Ok(None);
        };
        let python =
            std::env::var_os("ECG2MRI_PYTHON").unwrap_or_else(|| OsString::from("python3"));
        let mut child = Command::new(&python)
            .args(["-c", DRIVER])
            .arg(&folder)
            // One core for both sides.
            .envs(["OMP", "OPENBLAS", "MKL"].map(|name| (format!("{name}_NUM_THREADS"), "1")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", python.display()))?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the prototype has no standard input and output".into());
        };
        let mut prototype = Self {
            child,
            questions,
            answers: BufReader::new(answers),
        };
        prototype.answer().map_err(|_| {
            format!(
                "the prototype in {} does not start with {}: it needs numpy and scipy; set \
                 ECG2MRI_PYTHON to a Python that has them",
                folder.display(),
                python.display()
            )
        })?;
        Ok(Some(prototype))
    }

    /// The time it takes for this subject.
    ///
    /// # Errors
    /// Where it stops.
    pub fn time(&mut self, work: Work, index: u32) -> Result<Duration, Box<dyn Error>> {
        let word = match work {
            Work::Pictures => "pictures",
            Work::Stack => "stack",
        };
        writeln!(self.questions, "{word} {index}")?;
        self.questions.flush()?;
        let seconds: f64 = self.answer()?.trim().parse()?;
        Ok(Duration::from_secs_f64(seconds))
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err("the prototype stopped; what it said stands above".into());
        }
        Ok(line)
    }
}

impl Drop for Prototype {
    fn drop(&mut self) {
        // Nothing can be mended when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
