//! The registers (SBAS459, "Register map"): their addresses, what they hold after a reset, and
//! every field as a type.
//!
//! | module | registers |
//! |---|---|
//! | `map` | which there are, and which bits of each can be written |
//! | `identity` | ID |
//! | `data_rate` | the rates that CONFIG1 sets |
//! | `global` | CONFIG1, CONFIG2, CONFIG3, CONFIG4 |
//! | `lead_off` | LOFF |
//! | `channel` | CH1SET to CH8SET |
//! | `inputs` | RLD_SENSP, RLD_SENSN, LOFF_SENSP, LOFF_SENSN, LOFF_FLIP, LOFF_STATP, LOFF_STATN: one bit a channel |
//! | `gpio` | GPIO |
//! | `pace` | PACE |
//! | `respiration` | RESP |
//! | `terminals` | WCT1, WCT2 |
//!
//! Page numbers are those of SBAS459I (January 2012); where none is given, the name of the
//! register's section is.

mod channel;
mod coded;
mod data_rate;
mod global;
mod gpio;
mod identity;
mod inputs;
mod lead_off;
mod map;
mod pace;
mod respiration;
mod terminals;
#[cfg(test)]
mod tests;

pub use channel::{ChannelSet, Gain, Input};
pub use data_rate::{DataRate, PowerMode, RateError};
pub use global::{
    Config1, Config2, Config3, Config4, Readback, RespirationFrequency, TestAmplitude,
    TestFrequency, TestSource,
};
pub use gpio::Gpio;
pub use identity::Identity;
pub use inputs::Channels;
pub use lead_off::{LeadOffControl, LeadOffCurrent, LeadOffExcitation, LeadOffThreshold};
pub use map::{Contents, REGISTER_COUNT, Register};
pub use pace::{EvenPaceChannel, OddPaceChannel, Pace};
pub use respiration::{RespirationControl, RespirationMode, RespirationPhase};
pub use terminals::{TerminalInput, Wct1, Wct2};
