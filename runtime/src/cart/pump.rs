//! A thread that reads a link, so that nothing is lost on it while a picture is made or a disk is slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::link::{Link, LinkEvent};

/// Pieces that may wait: with 1,000 pieces a second, which no device sends, four seconds.
const WAITING: usize = 4096;
/// Most bytes of a piece.
const PIECE: usize = 4096;
/// How long the thread waits for bytes before it looks for commands to send.
const PATIENCE: Duration = Duration::from_millis(20);

/// What the thread has to tell.
#[derive(Debug)]
pub enum Piece {
    /// Bytes, and when they arrived.
    Bytes(Vec<u8>, Instant),
    /// The link was opened.
    Opened,
    /// The link was lost, for this reason; it will be opened again.
    Lost(String),
    /// It cannot be opened for now, for this reason.
    Away(String),
    /// Nothing will come any more.
    Ended,
}

/// A link that a thread reads.
#[derive(Debug)]
pub struct Pump {
    pieces: Receiver<Piece>,
    commands: Sender<Vec<u8>>,
    stop: Arc<AtomicBool>,
}

impl Pump {
    /// Lets a thread read `link`.
    pub fn start(link: Link) -> Self {
        let (piece_sender, pieces) = sync_channel(WAITING);
        let (commands, command_receiver) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        thread::spawn(move || run(link, &piece_sender, &command_receiver, &stopped));
        Self {
            pieces,
            commands,
            stop,
        }
    }

    /// Waits for what happens next, at most `timeout`; `None` if nothing did.
    pub fn next(&self, timeout: Duration) -> Option<Piece> {
        match self.pieces.recv_timeout(timeout) {
            Ok(piece) => Some(piece),
            Err(RecvTimeoutError::Timeout) => None,
            // The thread has nothing more to say.
            Err(RecvTimeoutError::Disconnected) => Some(Piece::Ended),
        }
    }

    /// Sends bytes to the device, if the link is open.
    pub fn send(&self, bytes: Vec<u8>) {
        // After the end of the link nobody takes commands, and none is needed.
        let _ = self.commands.send(bytes);
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn run(
    mut link: Link,
    pieces: &SyncSender<Piece>,
    commands: &Receiver<Vec<u8>>,
    stop: &AtomicBool,
) {
    let mut buffer = vec![0; PIECE];
    while !stop.load(Ordering::Relaxed) {
        for command in commands.try_iter() {
            link.send(&command);
        }
        let event = link.next(&mut buffer, PATIENCE);
        let arrived = Instant::now();
        let piece = match event {
            LinkEvent::Nothing => continue,
            LinkEvent::Bytes(count) => {
                Piece::Bytes(buffer.iter().take(count).copied().collect(), arrived)
            }
            LinkEvent::Opened => Piece::Opened,
            LinkEvent::Lost(reason) => Piece::Lost(reason),
            LinkEvent::Away(reason) => Piece::Away(reason),
            LinkEvent::Ended => Piece::Ended,
        };
        let is_end = matches!(piece, Piece::Ended);
        if pieces.send(piece).is_err() || is_end {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::source::{ByteSource, Received, SourceError};

    /// Gives what was sent to it, or nothing.
    struct Echo(Vec<u8>);

    impl ByteSource for Echo {
        fn read(&mut self, buffer: &mut [u8], _: Duration) -> Result<Received, SourceError> {
            match self.0.pop() {
                Some(255) => Ok(Received::End),
                Some(byte) => {
                    buffer[0] = byte;
                    Ok(Received::Bytes(1))
                }
                None => Ok(Received::Nothing),
            }
        }

        fn write(&mut self, bytes: &[u8]) -> Result<(), SourceError> {
            self.0.extend_from_slice(bytes);
            Ok(())
        }
    }

    #[test]
    fn bytes_come_and_commands_go_until_the_end() {
        let patience = Duration::from_secs(20);
        let link = Link::with(Box::new(|| Ok(Box::new(Echo(Vec::new())))), false);
        let pump = Pump::start(link);
        assert!(matches!(pump.next(patience), Some(Piece::Opened)));
        assert!(pump.next(Duration::ZERO).is_none());
        pump.send(vec![255, 9]);
        let piece = pump.next(patience);
        assert!(
            matches!(&piece, Some(Piece::Bytes(bytes, _)) if bytes == &[9]),
            "{piece:?}"
        );
        for _ in 0..2 {
            assert!(matches!(pump.next(patience), Some(Piece::Ended)));
        }
    }
}
