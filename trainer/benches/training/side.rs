//! A process that takes training steps when told to, and what it used for them.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::ours;

const DRIVER: &str = include_str!("pytorch.py");
/// What the driver answers where its Python lacks torch.
const NO_TORCH: &str = "no torch";
/// Linux counts a process' CPU time in hundredths of a second (`getconf CLK_TCK`).
const TICKS_PER_SECOND: f64 = 100.0;

/// What one step took.
#[derive(Clone, Copy)]
pub struct Used {
    /// CPU-seconds of all threads.
    pub cpu: f64,
    /// Seconds on the clock.
    pub wall: f64,
}

/// A running process that has taken one step.
pub struct Side {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    first_loss: f32,
}

impl Side {
    /// This crate's.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn ours(folder: &Path, case: &str, batch: usize) -> Result<Side, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(ours::WORD)
            .arg(folder)
            .args([case, &batch.to_string()]);
        let mut side = Side::start(&mut command)?;
        let answer = side.answer()?;
        side.first_loss = answer.parse()?;
        Ok(side)
    }

    /// PyTorch's, with the Python that `ECG2MRI_PYTHON` names (else `python3`), or why it is left out.
    ///
    /// # Errors
    /// Where it starts and then fails.
    pub fn pytorch(folder: &Path) -> Result<Result<Side, String>, Box<dyn Error>> {
        let python =
            std::env::var_os("ECG2MRI_PYTHON").unwrap_or_else(|| OsString::from("python3"));
        let mend = "install it in a virtual environment (`python3 -m venv ENV && ENV/bin/pip install torch`) and set \
                    ECG2MRI_PYTHON to ENV/bin/python";
        let mut command = Command::new(&python);
        command.args(["-c", DRIVER]).arg(folder);
        // As on our side: threads that spin while they wait would count as work wherever the machine is shared.
        command.env("OMP_WAIT_POLICY", "PASSIVE");
        let mut side = match Side::start(&mut command) {
            Ok(side) => side,
            Err(error) => {
                return Ok(Err(format!(
                    "{} does not start ({error}); PyTorch needs Python: {mend}",
                    python.display()
                )));
            }
        };
        let answer = side.answer()?;
        if answer == NO_TORCH {
            return Ok(Err(format!("{} has no torch: {mend}", python.display())));
        }
        side.first_loss = answer.parse()?;
        Ok(Ok(side))
    }

    fn start(command: &mut Command) -> Result<Side, Box<dyn Error>> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a process was started without standard input and output".into());
        };
        Ok(Side {
            child,
            questions,
            answers: BufReader::new(answers),
            first_loss: f32::NAN,
        })
    }

    /// The loss of the step that it took when it started.
    pub fn first_loss(&self) -> f32 {
        self.first_loss
    }

    /// Lets it take so many steps; gives what each of them took on average.
    ///
    /// # Errors
    /// Where it stops or `/proc` cannot be read.
    pub fn steps(&mut self, steps: usize) -> Result<Used, Box<dyn Error>> {
        let before = self.cpu_seconds()?;
        writeln!(self.questions, "{steps}")?;
        self.questions.flush()?;
        let seconds: f64 = self.answer()?.parse()?;
        let cpu = self.cpu_seconds()? - before;
        let count = steps as f64;
        Ok(Used {
            cpu: cpu / count,
            wall: seconds / count,
        })
    }

    /// The most memory that it has held, in MiB, its libraries included.
    ///
    /// # Errors
    /// Where `/proc` cannot be read.
    pub fn peak_mebibytes(&self) -> Result<f64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB"))
            .ok_or("/proc/PID/status has no line VmHWM")?;
        Ok(kibibytes.parse::<f64>()? / 1024.0)
    }

    /// User and system time of all its threads so far.
    fn cpu_seconds(&self) -> Result<f64, Box<dyn Error>> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The program's name, in brackets, may hold spaces; utime and stime are the 12th and 13th words behind it.
        let (_, behind) = stat
            .rsplit_once(')')
            .ok_or("/proc/PID/stat has no bracket")?;
        let ticks = behind.split_whitespace().skip(11).take(2);
        let ticks: Vec<f64> = ticks.map(str::parse).collect::<Result<_, _>>()?;
        Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err("a side stopped; what it said stands above".into());
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // Nothing can be mended when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
