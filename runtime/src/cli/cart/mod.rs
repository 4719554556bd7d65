//! `ecg2mri cart`: a device at the bedside: live heart rate, electrodes and quality, pictures, a recording.
//!
//! - [`list`]: which devices there are;
//! - [`live`]: the loop;
//! - [`schedule`]: when a picture is due;
//! - [`pictures`]: the thread that makes them;
//! - [`requests`]: what the user asks for while it runs;
//! - [`output`] and [`message`]: how it is told what happens, and what.

mod list;
mod live;
mod message;
mod output;
mod pictures;
mod requests;
mod schedule;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ecg2mri::cart::source::{Address, BAUD, Pace};

use super::failure::Failure;
use super::trust::TrustArguments;

const EXAMPLES: &str = "Examples:
  ecg2mri cart --list
  ecg2mri cart --port /dev/ttyACM0
  ecg2mri cart --port /dev/ttyUSB0 --record recordings -o pictures --generate-every 30
  ecg2mri cart --tcp 127.0.0.1:9000 -o pictures --generate-every 10 --pictures 1
  ecg2mri cart --port COM3 --capture bytes.bin --json
  ecg2mri cart --replay bytes.bin --fast --record recordings --json

While it runs, a line on standard input asks for something:
  generate                 a picture of the last ten seconds; Enter alone and the signal SIGUSR1 ask for the same
  start, stop              sampling
  rate 1000                samples per second
  gain 6, gain 12 3        of all channels, of channel 3
  lead-off dc|ac|off       whether and how electrodes are sensed
  identify, self-test      hello; the front end's square wave on all channels
  quit                     the end

A picture takes ten seconds without a missing sample, with all electrodes on, settled, and no test signal; then it is
refused for what `ecg2mri generate` refuses.

Exit codes: 0 ended as asked, with Ctrl-C too; 1 no device was heard, or recording, capturing or writing failed; 2 wrong
usage; 3 fewer pictures than --pictures asks for, since the signal would not do.";

/// Show, record and picture the ECG of a device
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The device's serial port
    #[arg(long, value_name = "DEV", conflicts_with_all = ["tcp", "replay"], required_unless_present_any = ["tcp", "replay", "list"])]
    port: Option<String>,

    /// Bits per second of the serial port; USB ports do not mind
    #[arg(long, value_name = "N", default_value_t = BAUD)]
    baud: u32,

    /// The device's TCP server, HOST:PORT
    #[arg(long, value_name = "ADDR", conflicts_with = "replay")]
    tcp: Option<String>,

    /// Bytes that --capture kept
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    replay: Option<PathBuf>,

    /// Replay as fast as it goes, not as it was recorded
    #[arg(long, requires = "replay")]
    fast: bool,

    /// List the devices at all serial ports, or at the one given, and end
    #[arg(long)]
    list: bool,

    /// Wait for a device that is not there yet, instead of ending
    #[arg(long)]
    wait: bool,

    /// Record into this folder as WFDB, a second at most is lost to a power cut
    #[arg(long, value_name = "FOLDER")]
    record: Option<PathBuf>,

    /// Keep the bytes as they come, for --replay
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,

    /// Make a picture every so many seconds of good signal
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    generate_every: Option<Duration>,

    /// End after so many pictures
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pictures: Option<u32>,

    /// Folder of pictures and their reports; it is made if need be
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    output: PathBuf,

    /// Folder of the model [default: models/cart/ or models/ beside the program or in the current folder]
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,

    #[command(flatten)]
    trust: TrustArguments,

    /// End after so many seconds
    #[arg(long, value_name = "S", value_parser = seconds)]
    duration: Option<Duration>,

    /// Print everything as JSON, an object a line
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match arguments.list {
        true => list::run(arguments.address(), arguments.json),
        false => live::run(arguments),
    }
}

impl Arguments {
    /// The link that was asked for, if one was.
    fn address(&self) -> Option<Address> {
        let serial = self.port.clone().map(|port| Address::Serial {
            port,
            baud: self.baud,
        });
        let pace = match self.fast {
            true => Pace::FlatOut,
            false => Pace::AsRecorded,
        };
        let replay = self.replay.clone();
        let replay = replay.map(|file| Address::Replay { file, pace });
        serial.or(self.tcp.clone().map(Address::Tcp)).or(replay)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    super::seconds::up_to(604_800.0, text)
}
