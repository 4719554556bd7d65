//! What the user asks for while it runs: lines on standard input, and a signal.

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use ecg2mri_shim::wire::{ChannelChoice, Command, LeadOff, LeadOffMode, LeadOffSettings};

/// Something that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A picture.
    Generate,
    /// Something of the device.
    Device(Command),
    /// The end.
    Quit,
}

/// Listens for requests.
#[derive(Debug)]
pub struct Requests {
    lines: Receiver<Result<Request, String>>,
    signal: Arc<AtomicBool>,
}

impl Requests {
    /// Begins to listen.
    ///
    /// # Errors
    /// Where the system does not let the program have the signal.
    pub fn listen() -> io::Result<Self> {
        let signal = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGUSR1, signal.clone())?;
        let (sender, lines) = channel();
        // It ends with the program: nothing can wake a thread that waits for a line.
        thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(parse(&line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { lines, signal })
    }

    /// The next request, or why it is none, if there is one.
    pub fn next(&self) -> Option<Result<Request, String>> {
        if self.signal.swap(false, Ordering::Relaxed) {
            return Some(Ok(Request::Generate));
        }
        self.lines.try_recv().ok()
    }
}

fn parse(line: &str) -> Result<Request, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let device = |command| Ok(Request::Device(command));
    match words.as_slice() {
        [] | ["generate"] => Ok(Request::Generate),
        ["quit"] => Ok(Request::Quit),
        ["start"] => device(Command::Start),
        ["stop"] => device(Command::Stop),
        ["identify"] => device(Command::Identify),
        ["self-test"] => device(Command::SelfTest),
        ["rate", rate] => device(Command::SetRate {
            millihertz: millihertz(rate)?,
        }),
        ["gain", gain] => device(Command::SetGain {
            channels: ChannelChoice::All,
            gain: number(gain)?,
        }),
        ["gain", gain, channel] => device(Command::SetGain {
            channels: ChannelChoice::One(channel_number(channel)?),
            gain: number(gain)?,
        }),
        ["lead-off", mode] => device(Command::SetLeadOff(lead_off(mode)?)),
        _ => Err(format!(
            "\"{}\" is not understood; `ecg2mri cart --help` lists what is",
            words.join(" ")
        )),
    }
}

fn number(word: &str) -> Result<u8, String> {
    let wrong = |_| format!("\"{word}\" is not a number from 0 to 255");
    word.parse().map_err(wrong)
}

/// Channels are counted from 1 by people and from 0 on the wire.
fn channel_number(word: &str) -> Result<u8, String> {
    let channel = number(word)?.checked_sub(1);
    let channel = channel.filter(|channel| *channel < 8);
    channel.ok_or_else(|| format!("\"{word}\" is not a channel from 1 to 8"))
}

fn millihertz(word: &str) -> Result<u32, String> {
    let rate: Option<f64> = word.parse().ok();
    let rate = rate.filter(|rate| (1.0..=100_000.0).contains(rate));
    let rate = rate.ok_or_else(|| format!("\"{word}\" is not a rate from 1 to 100000"))?;
    Ok((rate * 1000.0).round() as u32)
}

/// All electrodes with the least current and the highest threshold: a patient feels the first as little as the
/// amplifiers do, and good electrodes are far from the second.
fn lead_off(word: &str) -> Result<LeadOffSettings, String> {
    let mode = match word {
        "off" => return Ok(LeadOffSettings::OFF),
        "dc" => LeadOffMode::DirectCurrent,
        "ac" => LeadOffMode::AlternatingCurrent,
        _ => return Err(format!("\"{word}\" is none of dc, ac and off")),
    };
    Ok(LeadOffSettings {
        mode,
        sensed: LeadOff {
            positive: 0xFF,
            negative: 0xFF,
        },
        ..LeadOffSettings::OFF
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_explained() {
        let channels = ChannelChoice::One(2);
        for (line, request) in [
            ("", Request::Generate),
            (" generate ", Request::Generate),
            ("quit", Request::Quit),
            ("self-test", Request::Device(Command::SelfTest)),
            (
                "rate 1000",
                Request::Device(Command::SetRate {
                    millihertz: 1_000_000,
                }),
            ),
            (
                "gain 12 3",
                Request::Device(Command::SetGain { channels, gain: 12 }),
            ),
            (
                "lead-off off",
                Request::Device(Command::SetLeadOff(LeadOffSettings::OFF)),
            ),
        ] {
            assert_eq!(parse(line), Ok(request), "{line}");
        }
        for line in [
            "picture",
            "rate",
            "rate fast",
            "rate nan",
            "gain 12 0",
            "gain 12 9",
            "gain x",
            "lead-off on",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
