//! Which devices there are: whoever says hello is one.

use std::thread;
use std::time::{Duration, Instant};

use super::commands::Commands;
use super::session::Session;
use super::source::{Address, BAUD, Received, Serial, SourceError};
use super::{Layout, Update};

/// How long a device may take to say hello. It does so every second, and when asked.
pub const PATIENCE: Duration = Duration::from_millis(2500);

/// What was found at an address.
#[derive(Debug)]
pub struct Found {
    /// Where.
    pub address: Address,
    /// The device, by its hello; `None` if nothing there said hello in time.
    pub device: Result<Option<Layout>, SourceError>,
}

/// All serial ports of this machine, at the usual rate.
pub fn serial_ports() -> Vec<Address> {
    let serial = |port| Address::Serial { port, baud: BAUD };
    Serial::ports().into_iter().map(serial).collect()
}

/// Asks at all `addresses` at once who is there, and waits up to `patience`.
pub fn discover(addresses: Vec<Address>, patience: Duration) -> Vec<Found> {
    let ask = |address: Address| {
        thread::spawn(move || {
            let device = hello_at(&address, patience);
            Found { address, device }
        })
    };
    let asked: Vec<_> = addresses.into_iter().map(ask).collect();
    // A thread that panicked has found nothing.
    asked
        .into_iter()
        .flat_map(thread::JoinHandle::join)
        .collect()
}

/// Waits for a hello.
fn hello_at(address: &Address, patience: Duration) -> Result<Option<Layout>, SourceError> {
    let mut source = address.open()?;
    source.write(&Commands::new().ask_who_is_there(Duration::ZERO))?;
    let (begin, mut session) = (Instant::now(), Session::new());
    let mut buffer = [0; 1024];
    while let Some(left) = patience.checked_sub(begin.elapsed()) {
        let count = match source.read(&mut buffer, left)? {
            Received::Bytes(count) => count,
            Received::Nothing => continue,
            Received::End => break,
        };
        let mut found = None;
        session.push(buffer.get(..count).unwrap_or_default(), |update| {
            if let Update::Layout(layout) = update {
                found = Some(layout);
            }
        });
        if let Some(layout) = found {
            return Ok(Some((*layout).clone()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::fixtures::Device;
    use ecg2mri_shim::wire::{Command, Decoder, Event};
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn who_says_hello_is_found_and_who_is_silent_is_not() {
        let listen = || TcpListener::bind("127.0.0.1:0").expect("a port");
        let (talker, silent, closed) = (listen(), listen(), listen());
        let address_of = |listener: &TcpListener| {
            let address = listener.local_addr().expect("its address");
            Address::Tcp(address.to_string())
        };
        let addresses = vec![
            address_of(&talker),
            address_of(&silent),
            address_of(&closed),
        ];
        drop(closed);
        // A device that only speaks when it is asked.
        let device = thread::spawn(move || {
            let (mut stream, _) = talker.accept().expect("a connection");
            let mut decoder = Decoder::of_commands();
            let mut buffer = [0; 64];
            loop {
                let count = stream.read(&mut buffer).expect("a command");
                let mut events = decoder.push(&buffer[..count]);
                if events.any(
                    |event| matches!(event, Event::Frame(frame) if frame.body == Command::Identify),
                ) {
                    break;
                }
            }
            stream.write_all(&Device::new(1).hello()).expect("sent");
        });
        let found = discover(addresses, Duration::from_millis(1500));
        device.join().expect("it was asked");
        let layout = found[0].device.as_ref().expect("opened").as_ref();
        assert_eq!(layout.expect("a hello").device(), "simulator");
        assert!(matches!(found[1].device, Ok(None)), "{found:?}");
        assert!(found[2].device.is_err(), "{found:?}");
    }
}
