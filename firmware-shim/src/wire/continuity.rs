//! What is missing, repeated or restarted between frames (spec §9).

use super::frame::Header;

/// Distances from here on, modulo 2³², lie behind rather than ahead.
const BEHIND: u32 = 1 << 31;

/// Follows the sequence numbers and sample numbers of one device.
#[derive(Debug, Default)]
pub(crate) struct Continuity {
    current: Option<Position>,
    earlier_session: Option<u16>,
}

/// What the next frame of a session should carry.
#[derive(Debug, Clone, Copy)]
struct Position {
    session: u16,
    next_sequence: u32,
    /// Unknown after joining a session midway, until its first samples.
    next_sample: Option<u32>,
}

/// The sample numbers of a frame of samples.
#[derive(Debug, Clone, Copy)]
pub struct SampleSpan {
    /// Number of the first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// What lies between an admitted frame and the one admitted before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) new_session: bool,
    pub(crate) missing_frames: u32,
    pub(crate) missing_samples: u32,
}

/// Why an undamaged frame must not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It, or a later one, was delivered before.
    Stale,
    /// In order, but its samples overlap those delivered before.
    SamplesBehind { expected: u32 },
}

impl Continuity {
    /// Decides on the next undamaged frame, and remembers it if it is admitted.
    pub(crate) fn admit(
        &mut self,
        header: &Header,
        span: Option<SampleSpan>,
    ) -> Result<Step, Refusal> {
        let current = self
            .current
            .filter(|position| position.session == header.session);
        let new_session = current.is_none();
        if new_session && self.earlier_session == Some(header.session) {
            return Err(Refusal::Stale);
        }
        let before = current.unwrap_or_else(|| self.start_of(header));
        let missing_frames = ahead(before.next_sequence, header.sequence).ok_or(Refusal::Stale)?;
        let (missing_samples, next_sample) = match (span, before.next_sample) {
            (None, next_sample) => (0, next_sample),
            (Some(span), None) => (0, Some(span.first.wrapping_add(span.count))),
            (Some(span), Some(expected)) => {
                let missing =
                    ahead(expected, span.first).ok_or(Refusal::SamplesBehind { expected })?;
                (missing, Some(span.first.wrapping_add(span.count)))
            }
        };
        if new_session {
            self.earlier_session = self.current.map(|position| position.session);
        }
        self.current = Some(Position {
            session: header.session,
            next_sequence: header.sequence.wrapping_add(1),
            next_sample,
        });
        Ok(Step {
            new_session,
            missing_frames,
            missing_samples,
        })
    }

    /// Where a session stands when its first frame to arrive is `header`'s. The frames before it
    /// are told by its sequence number. Its samples are known to begin with 0 when we were
    /// listening as the session began; otherwise those before we joined are not ours to miss.
    fn start_of(&self, header: &Header) -> Position {
        let joined_midway = self.current.is_none() && header.sequence != 0;
        Position {
            session: header.session,
            next_sequence: header.sequence,
            next_sample: (!joined_midway).then_some(0),
        }
    }
}

/// How far `found` lies ahead of `expected`, modulo 2³²; `None` if it lies behind.
fn ahead(expected: u32, found: u32) -> Option<u32> {
    Some(found.wrapping_sub(expected)).filter(|&distance| distance < BEHIND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(session: u16, sequence: u32) -> Header {
        Header {
            session,
            sequence,
            timestamp_microseconds: 0,
        }
    }

    fn step(new_session: bool, missing_frames: u32, missing_samples: u32) -> Result<Step, Refusal> {
        Ok(Step {
            new_session,
            missing_frames,
            missing_samples,
        })
    }

    fn ten_from(first: u32) -> Option<SampleSpan> {
        Some(SampleSpan { first, count: 10 })
    }

    #[test]
    fn gaps_are_exact_across_the_wrap() {
        let mut continuity = Continuity::default();
        let near_wrap = u32::MAX - 4;
        assert_eq!(
            continuity.admit(&header(1, u32::MAX - 1), ten_from(near_wrap)),
            step(true, 0, 0)
        );
        // Sample numbers go on at 5; 30 and so 25 samples in frames MAX, 0 and 1 are missing.
        assert_eq!(
            continuity.admit(&header(1, 2), ten_from(30)),
            step(false, 3, 25)
        );
        assert_eq!(
            continuity.admit(&header(1, u32::MAX), ten_from(40)),
            Err(Refusal::Stale)
        );
        assert_eq!(
            continuity.admit(&header(1, 3), ten_from(40)),
            step(false, 0, 0)
        );
    }

    #[test]
    fn samples_lost_before_the_first_are_counted_only_while_listening() {
        let mut joined_midway = Continuity::default();
        assert_eq!(
            joined_midway.admit(&header(1, 900), ten_from(8_990)),
            step(true, 0, 0)
        );
        // The device restarts; its first two frames do not arrive.
        assert_eq!(
            joined_midway.admit(&header(2, 2), ten_from(20)),
            step(true, 0, 20)
        );
        let mut from_the_start = Continuity::default();
        assert_eq!(from_the_start.admit(&header(1, 0), None), step(true, 0, 0));
        assert_eq!(
            from_the_start.admit(&header(1, 4), ten_from(30)),
            step(false, 3, 30)
        );
    }

    #[test]
    fn frames_of_the_session_before_are_stale() {
        let mut continuity = Continuity::default();
        for session in [1, 2] {
            assert_eq!(
                continuity.admit(&header(session, 0), None),
                step(true, 0, 0)
            );
        }
        assert_eq!(continuity.admit(&header(1, 1), None), Err(Refusal::Stale));
        assert_eq!(continuity.admit(&header(2, 1), None), step(false, 0, 0));
    }

    #[test]
    fn overlapping_samples_are_refused_and_change_nothing() {
        let mut continuity = Continuity::default();
        assert_eq!(
            continuity.admit(&header(1, 0), ten_from(0)),
            step(true, 0, 0)
        );
        assert_eq!(
            continuity.admit(&header(1, 1), ten_from(9)),
            Err(Refusal::SamplesBehind { expected: 10 })
        );
        assert_eq!(
            continuity.admit(&header(1, 2), ten_from(10)),
            step(false, 1, 0)
        );
    }
}
