//! The link: USART3, which the debugger hands on to the host, buffered both ways.

use heapless::Deque;
use stm32f4xx_hal::pac::USART3;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::serial::{Rx, RxISR, RxListen, Tx, TxISR, TxListen};

/// Bytes under way to the host.
const OUTGOING: usize = 1024;

/// Bytes from the host that the main loop has not taken.
const RECEIVED: usize = 256;

/// Both ends of the link.
pub struct Link {
    sender: Tx<USART3>,
    receiver: Rx<USART3>,
    outgoing: Deque<u8, OUTGOING>,
    received: Deque<u8, RECEIVED>,
}

impl Link {
    /// A link that listens.
    pub fn new(sender: Tx<USART3>, mut receiver: Rx<USART3>) -> Self {
        receiver.listen();
        Self {
            sender,
            receiver,
            outgoing: Deque::new(),
            received: Deque::new(),
        }
    }

    /// Takes as many bytes as there is room for, and says how many.
    pub fn send(&mut self, bytes: &[u8]) -> usize {
        let room = OUTGOING - self.outgoing.len();
        let taken = room.min(bytes.len());
        for &byte in &bytes[..taken] {
            // There is room, as counted.
            let _ = self.outgoing.push_back(byte);
        }
        if !self.outgoing.is_empty() {
            self.sender.listen();
        }
        taken
    }

    /// The oldest byte from the host.
    pub fn receive(&mut self) -> Option<u8> {
        self.received.pop_front()
    }

    /// Moves bytes between the buffers and the UART; tells whether one came.
    pub fn serve(&mut self) -> bool {
        let came = self.receiver.is_rx_not_empty();
        if came {
            // A byte that is lost here or did not arrive whole breaks its frame's checksum, which is counted.
            if let Ok(byte) = self.receiver.read() {
                let _ = self.received.push_back(byte);
            }
        }
        if self.sender.is_tx_empty() {
            match self.outgoing.pop_front() {
                // It is empty, so this does not fail.
                Some(byte) => _ = self.sender.write(byte),
                None => self.sender.unlisten(),
            }
        }
        came
    }
}
