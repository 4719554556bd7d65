//! The wire format from outside, as a device and a host use it.

mod budget;
mod corruption;
mod frames;
mod fuzzed;
mod kinds;
mod stream;
mod vectors;
