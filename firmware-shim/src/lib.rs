#![no_std]
#![forbid(unsafe_code)]
//! The acquisition shim: what runs on the microcontroller beside the ECG front end, and what the
//! cart shares with it.
//!
//! The crate needs neither `std` nor an allocator, so that the same code that packs samples on the
//! device unpacks them on the host. [`ads129x`] drives the front end, [`acquisition`] turns its
//! data-ready edges into bytes for a link and obeys the host, and [`wire`] is the format, version 1,
//! which `spec/wire-format.md` describes byte by byte:
//!
//! - [`wire::encode_frame`] turns a [`wire::Frame`] into bytes for a UART or USB-CDC link;
//! - [`wire::Decoder`] turns bytes, however damaged, back into frames, and says what is missing.
//!
//! With the feature `simulator` the module of that name is an ADS1298 at register level behind the
//! pins and the bus that the driver uses, for tests and for emulated boards.
//!
//! The decoder's promise is that no sample it hands out is wrong: a frame is delivered whole and
//! once, in order, or not at all, and what was not delivered is counted.
//!
//! # Example
//!
//! A device sends two samples of two channels; the host reads them back in microvolts.
//!
//! ```
//! use ecg2mri_shim::wire::{
//!     Body, Channel, Decoder, DeviceKind, Event, FirmwareVersion, Frame, Header, Hello, Lead,
//!     LeadOff, MAX_ENCODED_LEN, SampleBlock, Samples, Status, encode_frame,
//! };
//!
//! // The device introduces itself …
//! let mut hello = Hello {
//!     configuration: 0,
//!     device: DeviceKind::Ads1298,
//!     firmware: FirmwareVersion { major: 1, minor: 0, patch: 0 },
//!     sampling_rate_millihertz: 500_000,
//!     reference_microvolts: 2_400_000,
//!     lead_off_sensed: LeadOff { positive: 0b11, negative: 0b11 },
//!     channels: Default::default(),
//! };
//! for lead in [Lead::I, Lead::II] {
//!     hello.channels.push(Channel { gain: 6, lead: Some(lead) }).expect("room for eight");
//! }
//!
//! // … and sends what it sampled.
//! let mut block = SampleBlock::new(2)?;
//! block.push(&[21_000, -21_000])?;
//! block.push(&[21_001, -20_999])?;
//! let samples = Samples {
//!     first_sample: 0,
//!     configuration: 0,
//!     status: Status::NONE,
//!     lead_off: LeadOff::NONE,
//!     block,
//! };
//!
//! let mut link = [0_u8; 2 * MAX_ENCODED_LEN];
//! let mut used = 0;
//! for (sequence, body) in [(0, Body::Hello(hello)), (1, Body::Samples(samples))] {
//!     let header = Header { session: 7, sequence, timestamp_microseconds: 2_000 };
//!     used += encode_frame(&Frame { header, body }, &mut link[used..])?;
//! }
//!
//! // The host pushes whatever the port returned, in pieces of any size.
//! let mut decoder = Decoder::new();
//! let mut known: Option<Hello> = None;
//! let mut first_microvolts = None;
//! for event in decoder.push(&link[..used]) {
//!     match event {
//!         Event::Frame(Frame { body: Body::Hello(hello), .. }) => known = Some(hello),
//!         Event::Frame(Frame { body: Body::Samples(samples), .. }) => {
//!             // Samples are scaled only by the hello that describes them.
//!             let hello = known.as_ref().filter(|hello| hello.describes(&samples));
//!             let scale = hello.and_then(|hello| hello.microvolts_per_code(0));
//!             let code = samples.block.rows().next().map(|row| row[0]);
//!             first_microvolts = scale.zip(code).map(|(scale, code)| scale * f64::from(code));
//!         }
//!         Event::Session { .. } => known = None,
//!         damage => panic!("nothing was damaged: {damage:?}"),
//!     }
//! }
//! assert!((first_microvolts.expect("one frame of samples") - 1001.36).abs() < 0.01);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod acquisition;
pub mod ads129x;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod wire;
