//! The image in its emulator, started for each test and ended with it.

use super::emulator::{self, EMULATOR};
use std::net::{TcpListener, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

/// An emulated board that runs the image, and the host's end of its UART.
pub struct Machine {
    emulator: Child,
    /// What the board sends and is sent.
    pub link: TcpStream,
}

impl Machine {
    /// Starts the board; `None`, having said why, where it cannot be built for or emulated.
    pub fn start(test: &str) -> Option<Self> {
        if let Some(reason) = emulator::missing() {
            println!("SKIPPED: {test}: {reason}");
            return None;
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let mut emulator = emulator::command(&format!("tcp:{address}"))
            .spawn()
            .expect("the emulator starts");
        let link = accept(&listener, &mut emulator);
        Some(Self { emulator, link })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.emulator.kill();
        let _ = self.emulator.wait();
    }
}

/// The emulator's connection, which it makes before it runs anything.
fn accept(listener: &TcpListener, emulator: &mut Child) -> TcpStream {
    listener
        .set_nonblocking(true)
        .expect("a listener need not block");
    let started = Instant::now();
    loop {
        if let Ok((link, _)) = listener.accept() {
            link.set_nonblocking(false).expect("a link may block");
            link.set_read_timeout(Some(Duration::from_secs(60)))
                .expect("a time-out can be set");
            link.set_nodelay(true).expect("bytes need not wait");
            return link;
        }
        if let Some(status) = emulator.try_wait().expect("its state can be asked for") {
            panic!("{EMULATOR} ended with {status} before it connected");
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{EMULATOR} does not connect"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
