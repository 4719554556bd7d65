//! Acquisition: from data-ready edges to bytes for the link, with no instant wrong and none lost
//! without a word.
//!
//! ```text
//!  data-ready ──► Sampler::on_data_ready ──► spsc queue ──► Device::poll ──► outgoing ──► link
//!  (interrupt)    reads, stamps, numbers                    packs, reports
//!                       ▲                                        │
//!                 Sampler::apply ◄──────── Change ◄───── Device::receive ◄── commands from the host
//! ```
//!
//! Two halves are joined by a [`heapless::spsc`] queue. The [`Sampler`] belongs to the data-ready
//! interrupt: it reads the front end, stamps the instant with the clock, numbers it and queues it,
//! in bounded time and without a lock. The [`Device`] belongs to the main loop: it packs what is
//! queued into frames, obeys commands, and asks for changes of the front end, which the main loop
//! carries out with the interrupt held off.
//!
//! **Every instant is delivered right or counted as lost.** An instant can be lost because the queue
//! was full, because its edge was missed (told by the time since the last, against a period that is
//! learned; so is a service so late that the next conversion may have ended amid the transfer),
//! because the `1100` marker was missing or because a transfer failed. Each is counted by cause, makes the
//! samples' numbers skip, sets a flag in the next samples frame and sends an event. Nothing is
//! patched, interpolated or repeated.
//!
//! **There is no filter in the shim.** The host gets the converter's raw codes: filters change the
//! wave forms that the ECG is read for, the host has the memory and the arithmetic for better ones,
//! and a recording of raw codes can be filtered anew, while one that was filtered cannot be undone.
//!
//! What time alone cannot tell: a front end that resets itself goes on with its default gains if its
//! default rate, for an ADS129x 250 samples per second, is the one that was set. At any faster one
//! its edges have no place, nothing is delivered, and it is brought up again.
//!
//! ```
//! use ecg2mri_shim::acquisition::{Ads129xFrontEnd, Clock, Counter, Device, Sampler, Timebase};
//! use ecg2mri_shim::ads129x::{self, Ads129x, Configuration, TWELVE_LEAD_CHANNELS, Variant};
//! use ecg2mri_shim::simulator::{Chip, Moment, Simulator};
//! use ecg2mri_shim::wire::{Body, Decoder, Event, FirmwareVersion, Frame};
//! use heapless::spsc::Queue;
//!
//! // On a board: the SPI bus, the pins, and a timer that counts microseconds.
//! let chip = Simulator::new(Chip::new(Variant::Ads1298, |_: usize, _: Moment| 500_000));
//! struct Microseconds<'a, H>(&'a Simulator<H>);
//! impl<F: FnMut(usize, Moment) -> i64> Counter for Microseconds<'_, Chip<F>> {
//!     fn count(&self) -> u32 {
//!         (self.0.with(|chip| chip.now()) / 1000) as u32
//!     }
//! }
//! let timebase = Timebase::new(1_000_000);
//!
//! let driver = Ads129x::new(chip.spi(), chip.pins(), chip.delay(), ads129x::Clock::NOMINAL);
//! let front_end = Ads129xFrontEnd::new(
//!     driver,
//!     Variant::Ads1298,
//!     ads129x::Clock::NOMINAL,
//!     Configuration::twelve_lead(),
//! );
//! let firmware = FirmwareVersion { major: 1, minor: 0, patch: 0 };
//! let leads = TWELVE_LEAD_CHANNELS.map(Some);
//! let profile = front_end.profile(7, firmware, leads, 10, timebase);
//! let settings = front_end.settings(true);
//!
//! let mut queue: Queue<_, 32> = Queue::new();
//! let (producer, consumer) = queue.split();
//! let mut sampler = Sampler::new(front_end, Microseconds(&chip), timebase, producer);
//! let mut device = Device::<2048>::new(profile, settings, consumer);
//! let mut clock = Clock::new(Microseconds(&chip));
//!
//! let (mut host, mut samples) = (Decoder::new(), 0);
//! for _ in 0..1000 {
//!     // The data-ready interrupt …
//!     if chip.advance_to_data_ready() {
//!         chip.advance(5_000);
//!         sampler.on_data_ready();
//!     }
//!     // … and the main loop: what the host sent would go into `device.receive`.
//!     device.turn(&mut sampler, clock.now());
//!     for event in host.push(device.outgoing()) {
//!         if let Event::Frame(Frame { body: Body::Samples(frame), .. }) = event {
//!             samples += frame.block.sample_count();
//!         }
//!     }
//!     let taken = device.outgoing().len();
//!     device.sent(taken);
//! }
//! assert!(samples > 900);
//! assert_eq!(device.counts(), Default::default());
//! ```
//!
//! | module | says |
//! |---|---|
//! | `front_end` | what the acquisition asks of a front end |
//! | `ads129x` | a front end of the ADS129x family |
//! | `clock` | a counter that wraps, and a clock that does not |
//! | `edges` | which instant an edge belongs to, and how many were missed |
//! | `losses` | instants lost, by cause |
//! | `sampler` | the interrupt side |
//! | `debounce` | electrodes off and on, debounced |
//! | `square_wave` | what the self-test measures |
//! | `outbox` | whole frames on their way to the link |
//! | `device` | the main-loop side |

mod ads129x;
mod clock;
mod debounce;
mod device;
mod edges;
mod front_end;
mod losses;
mod outbox;
mod sampler;
mod square_wave;

pub use ads129x::Ads129xFrontEnd;
pub use clock::{Clock, Counter, Timebase};
pub use device::{Device, Profile};
pub use front_end::{ApplyError, FrontEnd, Input, ReadError, Reading, Settings, TestSignal};
pub use losses::Losses;
pub use sampler::{Applied, Change, Item, Sampler};
