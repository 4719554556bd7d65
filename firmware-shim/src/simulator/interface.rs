//! The serial interface: commands and what is clocked out.

use crate::ads129x::MAX_FRAME_LEN;
use crate::ads129x::opcode::{ADDRESS_BITS, Opcode, READ_REGISTERS, WRITE_REGISTERS};

/// What the bytes received so far mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parser {
    /// The next byte is a command.
    Command,
    /// The next byte is the number of registers less one.
    Count { writes: bool, address: u8 },
    /// Registers are clocked out.
    Reading { address: u8, remaining: u8 },
    /// The next byte goes into a register.
    Writing { address: u8, remaining: u8 },
    /// A byte came too soon: nothing is understood until CS rises.
    Deaf,
}

/// What a byte made the chip do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Nothing, or nothing yet.
    None,
    /// Execute a command of one byte.
    Execute(Opcode),
    /// Write a register.
    Write { address: u8, byte: u8 },
    /// The byte is no command, or the mode hides it.
    Ignored,
    /// The byte came too soon on the one before.
    Hurried,
}

/// What the next byte to the host comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Nothing: zeros.
    Zeros,
    /// A byte of the newest frame.
    NewestFrame(usize),
    /// A byte of the frame that RDATA latched.
    LatchedFrame(usize),
    /// A register.
    Register(u8),
}

/// State of the serial interface.
#[derive(Debug, Clone)]
pub(super) struct Interface {
    parser: Parser,
    /// RDATAC.
    continuous: bool,
    latched: Option<[u8; MAX_FRAME_LEN]>,
    /// Bytes clocked out of the current frame.
    position: usize,
}

impl Interface {
    /// The state after a reset: reading continuously.
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::Command,
            continuous: true,
            latched: None,
            position: 0,
        }
    }

    pub(super) fn set_continuous(&mut self, continuous: bool) {
        self.continuous = continuous;
    }

    /// RDATA: the next bytes out are of `frame`.
    pub(super) fn latch(&mut self, frame: [u8; MAX_FRAME_LEN]) {
        self.latched = Some(frame);
        self.position = 0;
    }

    /// CS rose: the interface is reset.
    pub(super) fn deselect(&mut self) {
        self.parser = Parser::Command;
        self.latched = None;
        self.position = 0;
    }

    /// The latched frame's byte.
    pub(super) fn latched_byte(&self, index: usize) -> u8 {
        let frame = self.latched.as_ref();
        frame
            .and_then(|frame| frame.get(index))
            .copied()
            .unwrap_or(0)
    }

    /// Where the byte now to be clocked out comes from.
    pub(super) fn next_source(&mut self) -> Source {
        match self.parser {
            Parser::Reading { address, .. } => Source::Register(address),
            Parser::Count { .. } | Parser::Writing { .. } | Parser::Deaf => Source::Zeros,
            Parser::Command => {
                let position = self.position;
                self.position += 1;
                if self.latched.is_some() {
                    Source::LatchedFrame(position)
                } else if self.continuous {
                    Source::NewestFrame(position)
                } else {
                    Source::Zeros
                }
            }
        }
    }

    /// The byte of a frame that is clocked out next; `None` if no frame is.
    pub(super) fn frame_position(&self) -> Option<usize> {
        let frame = self.latched.is_some() || self.continuous;
        (frame && self.parser == Parser::Command).then_some(self.position)
    }

    /// Bytes clocked out of the newest frame since CS fell, while reading continuously.
    pub(super) fn bytes_of_newest(&self) -> Option<usize> {
        (self.continuous && self.latched.is_none()).then_some(self.position)
    }

    /// Takes a byte; `hurried` says that it ended less than four clocks after the one before.
    pub(super) fn take(&mut self, byte: u8, hurried: bool) -> Action {
        match self.parser {
            Parser::Command => self.command(byte),
            Parser::Deaf => Action::None,
            Parser::Reading { address, remaining } => {
                self.parser = match remaining {
                    0 => Parser::Command,
                    _ => Parser::Reading {
                        address: address + 1,
                        remaining: remaining - 1,
                    },
                };
                Action::None
            }
            _ if hurried => {
                self.parser = Parser::Deaf;
                Action::Hurried
            }
            Parser::Count { writes, address } => {
                let remaining = byte & ADDRESS_BITS;
                self.parser = if writes {
                    Parser::Writing { address, remaining }
                } else {
                    Parser::Reading { address, remaining }
                };
                Action::None
            }
            Parser::Writing { address, remaining } => {
                self.parser = match remaining {
                    0 => Parser::Command,
                    _ => Parser::Writing {
                        address: address + 1,
                        remaining: remaining - 1,
                    },
                };
                Action::Write { address, byte }
            }
        }
    }

    fn command(&mut self, byte: u8) -> Action {
        // While data is clocked out DIN is low: no command.
        if byte == 0 {
            return Action::None;
        }
        let opcode = Opcode::from_byte(byte);
        if self.continuous {
            return match opcode {
                Some(Opcode::StopReadingContinuously) => {
                    Action::Execute(Opcode::StopReadingContinuously)
                }
                _ => Action::Ignored,
            };
        }
        if let Some(opcode) = opcode {
            return Action::Execute(opcode);
        }
        let address = byte & ADDRESS_BITS;
        let writes = match byte & !ADDRESS_BITS {
            READ_REGISTERS => false,
            WRITE_REGISTERS => true,
            _ => return Action::Ignored,
        };
        self.latched = None;
        self.parser = Parser::Count { writes, address };
        Action::None
    }
}
