//! The line to whoever listens, good or bad.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// How long a listener may leave bytes unread before it is cut off.
const PATIENCE: Duration = Duration::from_secs(2);

/// A TCP server for one at a time.
#[derive(Debug)]
pub struct Link {
    listener: TcpListener,
    connected: Option<TcpStream>,
    corrupt_bytes: f64,
    random: u64,
}

impl Link {
    /// Serves `listener`; each byte is changed with the probability `corrupt_bytes`.
    pub fn new(listener: TcpListener, corrupt_bytes: f64) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            connected: None,
            corrupt_bytes,
            random: 1,
        })
    }

    /// Sends bytes to whoever is connected.
    pub fn send(&mut self, bytes: &[u8]) {
        self.accept();
        if bytes.is_empty() || self.connected.is_none() {
            return;
        }
        let bytes: Vec<u8> = bytes.iter().map(|&byte| self.carried(byte)).collect();
        let written = self.connected.as_mut().map(|stream| {
            stream.set_nonblocking(false)?;
            stream.write_all(&bytes)
        });
        if !matches!(written, Some(Ok(()))) {
            self.connected = None;
        }
    }

    /// What whoever is connected has sent.
    pub fn receive(&mut self) -> Option<Vec<u8>> {
        let stream = self.connected.as_mut()?;
        let mut buffer = [0; 256];
        let read = stream
            .set_nonblocking(true)
            .and_then(|()| stream.read(&mut buffer));
        match read {
            Ok(0) => {
                self.connected = None;
                None
            }
            Ok(count) => buffer.get(..count).map(<[u8]>::to_vec),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(_) => {
                self.connected = None;
                None
            }
        }
    }

    /// Cuts off whoever is connected.
    pub fn unplug(&mut self) {
        self.connected = None;
    }

    fn accept(&mut self) {
        if self.connected.is_some() {
            return;
        }
        if let Ok((stream, _)) = self.listener.accept() {
            // Without these it is only slower to notice that somebody went.
            let _ = stream.set_nodelay(true);
            let _ = stream.set_write_timeout(Some(PATIENCE));
            self.connected = Some(stream);
        }
    }

    fn carried(&mut self, byte: u8) -> u8 {
        // Knuth's linear congruence; its upper bits are random enough for noise.
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let uniform = (self.random >> 11) as f64 / (1_u64 << 53) as f64;
        match uniform < self.corrupt_bytes {
            true => byte ^ (1 + (self.random >> 33) % 255) as u8,
            false => byte,
        }
    }
}
