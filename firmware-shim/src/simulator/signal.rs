//! What the electrodes bring.

/// When a conversion takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds since the chip was powered.
    pub nanoseconds: u64,
    /// Conversions made before this one since the chip was powered.
    pub conversion: u64,
}

/// An input of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// INxP.
    Positive,
    /// INxN.
    Negative,
}

/// What lies between the body and an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impedance {
    /// An electrode of so many ohms.
    Ohms(u32),
    /// No electrode.
    Open,
}

/// What a body with its electrodes brings to the chip. Any `FnMut(usize, Moment) -> i64` is one,
/// with perfect contact everywhere.
pub trait Signal {
    /// Nanovolts between the inputs of `channel`, counted from 0.
    fn nanovolts(&mut self, channel: usize, moment: Moment) -> i64;

    /// How good the contact of an input's electrode is; perfect if not said otherwise. Anything
    /// above 0 Ω adds what the lead-off current drops over it.
    fn impedance(&self, channel: usize, side: Side, moment: Moment) -> Impedance {
        let _ = (channel, side, moment);
        Impedance::Ohms(0)
    }

    /// Whether the right leg's electrode is off.
    fn is_right_leg_off(&self, moment: Moment) -> bool {
        let _ = moment;
        false
    }
}

impl<F: FnMut(usize, Moment) -> i64> Signal for F {
    fn nanovolts(&mut self, channel: usize, moment: Moment) -> i64 {
        self(channel, moment)
    }
}

/// How fast a recording is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pacing {
    /// One row for each conversion, whatever the data rate.
    Conversions,
    /// By time, at the recording's own rate, each row held until the next.
    Millihertz(u32),
}

/// A recording played in a loop: rows of one value for each channel, in units of
/// `nanovolts_per_unit`. Channels beyond the row's are silent.
#[derive(Debug, Clone, Copy)]
pub struct Recording<'a, const CHANNELS: usize> {
    /// The rows.
    pub rows: &'a [[i16; CHANNELS]],
    /// Nanovolts of one unit.
    pub nanovolts_per_unit: i32,
    /// How fast they are played.
    pub pacing: Pacing,
}

impl<const CHANNELS: usize> Recording<'_, CHANNELS> {
    /// The row played at `moment`; `None` if there are no rows.
    pub fn row(&self, moment: Moment) -> Option<&[i16; CHANNELS]> {
        let position = match self.pacing {
            Pacing::Conversions => moment.conversion,
            Pacing::Millihertz(rate) => {
                // Whole seconds and the rest apart, so that years at any rate fit.
                let rate = u64::from(rate);
                let seconds = moment.nanoseconds / 1_000_000_000;
                let rest = moment.nanoseconds % 1_000_000_000;
                (seconds * rate + rest * rate / 1_000_000_000) / 1000
            }
        };
        let count = self.rows.len() as u64;
        // The remainder is below the slice's length.
        let index = position.checked_rem(count)? as usize;
        self.rows.get(index)
    }
}

impl<const CHANNELS: usize> Signal for Recording<'_, CHANNELS> {
    fn nanovolts(&mut self, channel: usize, moment: Moment) -> i64 {
        let row = self.row(moment);
        let value = row.and_then(|row| row.get(channel)).copied().unwrap_or(0);
        i64::from(value) * i64::from(self.nanovolts_per_unit)
    }
}
