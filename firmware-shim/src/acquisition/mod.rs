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
