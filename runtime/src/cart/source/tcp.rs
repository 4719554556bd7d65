//! A device behind a TCP server: an emulator, a simulated device, a serial-to-network box.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::{ByteSource, Received, SourceError};

/// How long a server may take to answer.
const CONNECT: Duration = Duration::from_secs(3);
/// How long the other side may leave a command unread.
const WRITE: Duration = Duration::from_secs(2);

/// A connection to a TCP server.
#[derive(Debug)]
pub struct Tcp {
    address: String,
    stream: TcpStream,
}

impl Tcp {
    /// Connects to `address`, host and port, e.g. `127.0.0.1:9000`.
    ///
    /// # Errors
    /// An address that cannot be understood or found, and a server that does not answer within three
    /// seconds.
    pub fn connect(address: &str) -> Result<Self, SourceError> {
        let refused = |problem: String| SourceError::Open {
            address: address.to_owned(),
            problem,
        };
        let found = address.to_socket_addrs();
        let found = found.map_err(|error| refused(format!("{error}; give HOST:PORT")))?;
        let mut problem = String::from("no such host; give HOST:PORT");
        for socket in found {
            match TcpStream::connect_timeout(&socket, CONNECT) {
                Ok(stream) => {
                    let prepared = stream
                        .set_nodelay(true)
                        .and_then(|()| stream.set_write_timeout(Some(WRITE)));
                    prepared.map_err(|error| refused(error.to_string()))?;
                    let address = address.to_owned();
                    return Ok(Self { address, stream });
                }
                Err(error) => problem = format!("{error}; is the device switched on?"),
            }
        }
        Err(refused(problem))
    }
}

impl ByteSource for Tcp {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<Received, SourceError> {
        // Zero would mean to wait for ever.
        let timeout = timeout.max(Duration::from_millis(1));
        let read = self
            .stream
            .set_read_timeout(Some(timeout))
            .and_then(|()| self.stream.read(buffer));
        match read {
            Ok(0) => Ok(Received::End),
            Ok(count) => Ok(Received::Bytes(count)),
            Err(error) if is_time_out(error.kind()) => Ok(Received::Nothing),
            Err(error) => Err(SourceError::lost(&self.address, error)),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SourceError> {
        let written = self.stream.write_all(bytes);
        written.map_err(|error| SourceError::lost(&self.address, error))
    }
}

/// Which of these a time-out is depends on the system; an interrupted call is as good as one.
pub(super) fn is_time_out(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn bytes_silence_and_the_end_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let mut source = Tcp::connect(&address).expect("connected");
        let (mut device, _) = listener.accept().expect("a connection");
        let mut buffer = [0; 64];
        let soon = Duration::from_millis(5);
        let silence = source.read(&mut buffer, soon).expect("open");
        assert_eq!(silence, Received::Nothing);
        device.write_all(b"abc").expect("sent");
        let patient = Duration::from_secs(20);
        let bytes = source.read(&mut buffer, patient).expect("open");
        assert_eq!((bytes, &buffer[..3]), (Received::Bytes(3), &b"abc"[..]));
        source.write(b"xy").expect("sent");
        let mut back = [0; 2];
        device.read_exact(&mut back).expect("received");
        assert_eq!(&back, b"xy");
        drop(device);
        let end = source.read(&mut buffer, patient).expect("closed in order");
        assert_eq!(end, Received::End);
    }

    #[test]
    fn what_cannot_be_reached_is_named() {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its address").to_string();
        drop(free);
        for address in [address.as_str(), "127.0.0.1", "127.0.0.1:nine"] {
            let refused = Tcp::connect(address).expect_err(address).to_string();
            assert!(refused.starts_with(address), "{refused}");
        }
    }
}
