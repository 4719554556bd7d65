//! A device at a serial port or USB-CDC.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use serialport::{ErrorKind as PortErrorKind, SerialPort};

use super::tcp::is_time_out;
use super::{ByteSource, Received, SourceError};

/// A serial port: 8 data bits, no parity, 1 stop bit, no flow control (wire format, section 1).
#[derive(Debug)]
pub struct Serial {
    name: String,
    port: Box<dyn SerialPort>,
}

impl Serial {
    /// Opens the port `name` at `baud` bits per second, for this program alone.
    ///
    /// # Errors
    /// A port that is not there, in use, or not for this user.
    pub fn open(name: &str, baud: u32) -> Result<Self, SourceError> {
        let opened = serialport::new(name, baud).open();
        let port = opened.map_err(|error| SourceError::Open {
            address: name.to_owned(),
            problem: format!("{error}{}", hint(error.kind())),
        })?;
        let name = name.to_owned();
        Ok(Self { name, port })
    }

    /// The names of the ports of this machine, sorted; empty where the system tells none.
    pub fn ports() -> Vec<String> {
        let ports = serialport::available_ports().unwrap_or_default();
        let mut names: Vec<String> = ports.into_iter().map(|port| port.port_name).collect();
        names.sort();
        names
    }
}

/// What usually helps.
fn hint(kind: PortErrorKind) -> &'static str {
    match kind {
        PortErrorKind::NoDevice | PortErrorKind::Io(ErrorKind::NotFound) => {
            "; is it plugged in? `ecg2mri cart --list` shows what is there"
        }
        PortErrorKind::Io(ErrorKind::PermissionDenied) => {
            "; on Linux the user must be in the group that owns it, most often dialout"
        }
        _ => "",
    }
}

impl ByteSource for Serial {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<Received, SourceError> {
        let waited = self.port.set_timeout(timeout).map_err(Into::into);
        let read = waited.and_then(|()| self.port.read(buffer));
        match read {
            // A port has no end: where it gives nothing without waiting, it was pulled out.
            Ok(0) => Err(SourceError::lost(
                &self.name,
                ErrorKind::UnexpectedEof.into(),
            )),
            Ok(count) => Ok(Received::Bytes(count)),
            Err(error) if is_time_out(error.kind()) => Ok(Received::Nothing),
            Err(error) => Err(SourceError::lost(&self.name, error)),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SourceError> {
        let written = self.port.write_all(bytes);
        written.map_err(|error| SourceError::lost(&self.name, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_there_is_named() {
        let refused = Serial::open("/dev/no-such-port", 115_200).expect_err("absent");
        let refused = refused.to_string();
        assert!(refused.starts_with("/dev/no-such-port: cannot be opened"));
    }

    /// A pseudo-terminal is a serial port to all who open it.
    #[cfg(unix)]
    #[test]
    fn bytes_pass_both_ways_and_an_unplugged_port_is_lost() {
        let (mut device, host) = serialport::TTYPort::pair().expect("a pseudo-terminal");
        let name = host.name().expect("its name");
        // Two may not have it open for themselves alone.
        drop(host);
        let mut source = Serial::open(&name, 921_600).expect("opened");
        let mut buffer = [0; 64];
        let silence = source.read(&mut buffer, Duration::from_millis(5));
        assert_eq!(silence.expect("open"), Received::Nothing);
        device.write_all(&[1, 0, 13, 10, 17, 3]).expect("sent");
        let bytes = source.read(&mut buffer, Duration::from_secs(20));
        assert_eq!(bytes.expect("open"), Received::Bytes(6));
        assert_eq!(buffer[..6], [1, 0, 13, 10, 17, 3]);
        source.write(&[9, 8]).expect("sent");
        let mut back = [0; 2];
        device.read_exact(&mut back).expect("received");
        assert_eq!(back, [9, 8]);
        drop(device);
        let lost = source.read(&mut buffer, Duration::from_millis(200));
        assert!(matches!(lost, Err(SourceError::Lost { .. })), "{lost:?}");
    }
}
