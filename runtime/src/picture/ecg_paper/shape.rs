//! What a sheet is made of; every position is in mm from its upper left corner.

/// Points of a line, (right, down) in mm.
pub(super) type Points = Vec<(f64, f64)>;

/// Something drawn in ink.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// A line through points, as wide as the trace.
    Line(Points),
    /// Words on a base line.
    Words {
        /// The words.
        text: String,
        /// Where they stand: right and down to the base line.
        at: (f64, f64),
        /// Which part of them stands there.
        anchor: Anchor,
    },
}

/// The part of words that stands at their position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}
