//! The acquisition from outside: a front end, a main loop and a link with every fault they can have,
//! and the host's decoder at the other end.

mod bench;
mod chip;
mod commands;
mod faults;
mod host;
mod recovery;
mod self_test;
