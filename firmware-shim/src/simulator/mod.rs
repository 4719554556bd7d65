//! The front end without hardware.
