//! A link that is opened again whenever it gets lost.

use std::fmt;
use std::time::{Duration, Instant};

use super::source::{Address, ByteSource, Received, SourceError};

/// Time from the first failure to the next attempt; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// No pause is longer: a device that is plugged in again should be back soon.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A device says hello every second even if it does not sample. One that says nothing for so long is gone, whatever the
/// system believes: networks and USB hubs may swallow the news.
const SILENCE: Duration = Duration::from_secs(10);

/// What came of waiting for a link.
#[derive(Debug)]
pub enum LinkEvent {
    /// So many bytes lie at the beginning of the buffer.
    Bytes(usize),
    /// Nothing came in time.
    Nothing,
    /// The link was opened: the first time, or again.
    Opened,
    /// The link was lost, for this reason; it will be opened again.
    Lost(String),
    /// It cannot be opened for now, for this reason; that is told once.
    Away(String),
    /// Nothing will come any more.
    Ended,
}

/// Opens the source of a link, again and again.
type Opener = Box<dyn FnMut() -> Result<Box<dyn ByteSource>, SourceError> + Send>;

/// A link to a device that may be unplugged and plugged in again.
pub struct Link {
    open: Opener,
    comes_back: bool,
    state: State,
}

enum State {
    Open {
        source: Box<dyn ByteSource>,
        last_heard: Instant,
    },
    Away {
        next_attempt: Instant,
        pause: Duration,
        is_told: bool,
    },
    Ended,
}

impl Link {
    /// Opens the link at `address`.
    ///
    /// # Errors
    /// Where it cannot be opened at once; [`Link::awaiting`] waits for it.
    pub fn open(address: &Address) -> Result<Self, SourceError> {
        let mut link = Self::awaiting(address);
        link.state = State::opened((link.open)()?);
        Ok(link)
    }

    /// The link at `address`, which may not be there yet.
    pub fn awaiting(address: &Address) -> Self {
        let again = address.clone();
        Self::with(Box::new(move || again.open()), address.can_come_back())
    }

    /// A link whose sources `open` gives, one after the other; only one if it does not come back.
    pub fn with(open: Opener, comes_back: bool) -> Self {
        let state = State::away(FIRST_PAUSE, false);
        let mut link = Self {
            open,
            comes_back,
            state,
        };
        if let State::Away { next_attempt, .. } = &mut link.state {
            *next_attempt = Instant::now();
        }
        link
    }

    /// Waits for what happens next, at most `timeout`. Bytes are put at the beginning of `buffer`.
    pub fn next(&mut self, buffer: &mut [u8], timeout: Duration) -> LinkEvent {
        match &mut self.state {
            State::Ended => LinkEvent::Ended,
            State::Away { next_attempt, .. } => {
                let pause = next_attempt.saturating_duration_since(Instant::now());
                std::thread::sleep(pause.min(timeout));
                match pause <= timeout {
                    true => self.attempt(),
                    false => LinkEvent::Nothing,
                }
            }
            State::Open { source, last_heard } => match source.read(buffer, timeout) {
                Ok(Received::Bytes(count)) => {
                    *last_heard = Instant::now();
                    LinkEvent::Bytes(count)
                }
                Ok(Received::Nothing) if last_heard.elapsed() < SILENCE || !self.comes_back => {
                    LinkEvent::Nothing
                }
                Ok(Received::Nothing) => {
                    let seconds = SILENCE.as_secs();
                    self.lost(format!("nothing came for {seconds} seconds"))
                }
                Ok(Received::End) if self.comes_back => {
                    self.lost("the other side closed the connection".into())
                }
                Ok(Received::End) => {
                    self.state = State::Ended;
                    LinkEvent::Ended
                }
                Err(error) => self.lost(error.to_string()),
            },
        }
    }

    /// Sends bytes to the device, if the link is open; whether they arrive only the device can tell. Where the link
    /// turns out to be lost, [`next`](Self::next) says so.
    pub fn send(&mut self, bytes: &[u8]) {
        if let State::Open { source, .. } = &mut self.state {
            // Reading fails as well then, and that is where the loss is dealt with.
            let _ = source.write(bytes);
        }
    }

    fn lost(&mut self, reason: String) -> LinkEvent {
        self.state = match self.comes_back {
            true => State::away(FIRST_PAUSE, true),
            false => State::Ended,
        };
        LinkEvent::Lost(reason)
    }

    fn attempt(&mut self) -> LinkEvent {
        let State::Away { pause, is_told, .. } = &self.state else {
            return LinkEvent::Nothing;
        };
        let (pause, was_told) = (*pause, *is_told);
        match (self.open)() {
            Ok(source) => {
                self.state = State::opened(source);
                LinkEvent::Opened
            }
            Err(error) => {
                self.state = State::away((2 * pause).min(LONGEST_PAUSE), true);
                match was_told {
                    true => LinkEvent::Nothing,
                    false => LinkEvent::Away(error.to_string()),
                }
            }
        }
    }
}

impl State {
    fn opened(source: Box<dyn ByteSource>) -> Self {
        Self::Open {
            source,
            last_heard: Instant::now(),
        }
    }

    fn away(pause: Duration, is_told: bool) -> Self {
        Self::Away {
            next_attempt: Instant::now() + pause,
            pause,
            is_told,
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Open { .. } => "open",
            State::Away { .. } => "away",
            State::Ended => "ended",
        };
        formatter.debug_tuple("Link").field(&state).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::io::ErrorKind;

    /// A source that gives what it is told to, and after that is lost.
    struct Script(VecDeque<Received>);

    impl ByteSource for Script {
        fn read(&mut self, buffer: &mut [u8], _: Duration) -> Result<Received, SourceError> {
            if let Some(first) = buffer.first_mut() {
                *first = 7;
            }
            self.0.pop_front().ok_or(refusal())
        }

        fn write(&mut self, _: &[u8]) -> Result<(), SourceError> {
            Err(refusal())
        }
    }

    fn refusal() -> SourceError {
        SourceError::Lost {
            address: "port".into(),
            source: ErrorKind::NotConnected.into(),
        }
    }

    /// A link whose attempts come to these sources, or to refusals.
    fn link(attempts: Vec<Option<Vec<Received>>>, comes_back: bool) -> Link {
        let mut attempts = VecDeque::from(attempts);
        let open = move || -> Result<Box<dyn ByteSource>, SourceError> {
            let script = attempts.pop_front().flatten().ok_or_else(refusal)?;
            Ok(Box::new(Script(script.into())))
        };
        Link::with(Box::new(open), comes_back)
    }

    /// What happens, up to the number of events asked for, without those that say that nothing did.
    fn story(link: &mut Link, events: usize) -> Vec<String> {
        let mut told = Vec::new();
        let mut buffer = [0; 8];
        while told.len() < events {
            match link.next(&mut buffer, Duration::from_millis(500)) {
                LinkEvent::Nothing => continue,
                LinkEvent::Bytes(count) => told.push(format!("{count} bytes")),
                LinkEvent::Opened => told.push("opened".into()),
                LinkEvent::Lost(reason) => told.push(format!("lost: {reason}")),
                LinkEvent::Away(_) => told.push("away".into()),
                LinkEvent::Ended => told.push("ended".into()),
            }
        }
        told
    }

    #[test]
    fn a_link_that_gets_lost_is_opened_again() {
        let first = vec![Received::Bytes(3), Received::Nothing, Received::Bytes(1)];
        let third = vec![Received::End];
        let attempts = vec![Some(first), None, None, Some(third), Some(Vec::new())];
        let mut link = link(attempts, true);
        let lost = "lost: port: the link was lost: not connected";
        assert_eq!(
            story(&mut link, 7),
            [
                "opened",
                "3 bytes",
                "1 bytes",
                lost,
                // That it cannot be opened at once was to be expected, and is not told.
                "opened",
                "lost: the other side closed the connection",
                "opened",
            ]
        );
        // What cannot be sent is no reason to panic; reading tells.
        link.send(b"x");
        assert_eq!(story(&mut link, 1), [lost]);
    }

    #[test]
    fn a_link_that_is_not_there_yet_says_so_once() {
        let mut link = link(vec![None, None, Some(vec![Received::Bytes(2)])], true);
        assert_eq!(story(&mut link, 3), ["away", "opened", "2 bytes"]);
    }

    #[test]
    fn a_file_ends_for_good() {
        let script = vec![Received::Bytes(8), Received::Nothing, Received::End];
        let mut link = link(vec![Some(script), Some(Vec::new())], false);
        assert_eq!(
            story(&mut link, 5),
            ["opened", "8 bytes", "ended", "ended", "ended"]
        );
    }
}
