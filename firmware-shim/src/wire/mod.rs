//! The wire format between the ECG front end and the cart, version 1.
//!
//! `spec/wire-format.md` in this crate is the specification; the modules follow its sections.
//!
//! | module | says |
//! |---|---|
//! | `frame` | what every frame carries, and the sizes all implementations may rely on |
//! | `hello` | who the device is and what its samples mean |
//! | `samples` | the samples, their status and which electrodes are off |
//! | `state` | what the device does and what it has counted |
//! | `occurrence` | what happened on the device, and when |
//! | `self_test` | what a self-test found |
//! | `acknowledgement` | what became of a command |
//! | `command` | what the host asks of the device |
//! | `payload` | the kinds of frames in each direction |
//! | `encode` | a frame into bytes |
//! | `stuffing` | byte stuffing of a whole frame |
//! | `parse` | the unstuffed bytes of one frame into a frame |
//! | `continuity` | what is missing, repeated or restarted between frames |
//! | `decode` | a stream of bytes into events |

mod acknowledgement;
mod command;
mod continuity;
mod decode;
mod encode;
mod frame;
mod hello;
mod occurrence;
mod parse;
mod payload;
mod samples;
mod self_test;
mod state;
mod stuffing;

pub use acknowledgement::{Acknowledgement, Outcome};
pub use command::{ChannelChoice, Command, LeadOffMode, LeadOffSettings};
pub use decode::{Damage, Decoder, Event, Events};
pub use encode::{EncodeError, encode_frame, max_samples_frame_len};
pub use frame::{
    Body, Frame, Header, MAX_CHANNELS, MAX_ENCODED_LEN, MAX_RAW_LEN, MAX_SAMPLES, VERSION,
};
pub use hello::{
    Channel, DeviceKind, FirmwareVersion, Hello, HelloError, Lead, microvolts_per_code,
};
pub use occurrence::{Happening, LossCause, Occurrence};
pub use parse::PayloadError;
pub use payload::Payload;
pub use samples::{CODE_MAX, CODE_MIN, LeadOff, SampleBlock, Samples, SamplesError, Status};
pub use self_test::{ChannelTest, Faults, SelfTest, Verdict};
pub use state::{Activity, Counts, State};
