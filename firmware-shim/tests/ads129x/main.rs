//! The driver against the simulated chip.

mod asynchronous;

mod chain;
mod chip;
mod commands;
mod faults;
mod inputs;
mod lead_off;
mod order;
mod power_up;
mod properties;
mod rates;
mod recording;
mod registers;
mod rig;
mod settings;
