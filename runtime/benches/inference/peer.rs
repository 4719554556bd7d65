//! Another program that runs the same network: tract as it comes, or Python with ONNX Runtime or PyTorch.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::case::Case;

/// The program of `tests/peers/tract` on the network of a case.
pub fn by_tract(
    program: Option<&Path>,
    case: &Case,
    flags: &[&str],
) -> Result<Command, Box<dyn Error>> {
    let program = program.ok_or("ECG2MRI_TRACT is not set")?;
    // Cargo runs benchmarks in the package's folder, and people are in the workspace's.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(workspace.join(program));
    command.arg(&case.network).args(flags);
    Ok(command)
}

/// Python with `onnxruntime` or `torch` on the network of a case.
pub fn by_python(
    python: Option<&Path>,
    case: &Case,
    kind: &str,
) -> Result<Command, Box<dyn Error>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/inference/peers.py");
    let mut command = Command::new(python.ok_or("ECG2MRI_PYTHON is not set")?);
    command.arg(script).arg(kind).arg(&case.network);
    Ok(command)
}

/// A process that has loaded a network.
pub struct Peer {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Mean magnitude of each output.
    pub magnitudes: Vec<f64>,
}

impl Peer {
    /// Starts a program on the network of a case.
    pub fn start(mut command: Command, case: &Case) -> Result<Self, Box<dyn Error>> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut ask = process.stdin.take().ok_or("the process has no input")?;
        let output = process.stdout.take().ok_or("the process has no output")?;
        writeln!(ask, "{}", case.values_file.display())?;
        let mut peer = Self {
            process,
            ask,
            answers: BufReader::new(output),
            magnitudes: Vec::new(),
        };
        peer.magnitudes = peer
            .answer()?
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        Ok(peer)
    }

    /// Processor time of so many runs.
    pub fn run(&mut self, runs: u32) -> Result<Duration, Box<dyn Error>> {
        writeln!(self.ask, "{runs}")?;
        Ok(Duration::from_nanos(self.answer()?.trim().parse()?))
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err("this program cannot run it".into()),
            _ => Ok(line),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be gone already, and then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
