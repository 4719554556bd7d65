//! When a picture is due.

use std::time::Duration;

/// Seconds between two tellings of why no picture can be made, if the reason stays the same.
const AGAIN: f64 = 10.0;

/// When pictures are due, in seconds of signal.
#[derive(Debug)]
pub struct Schedule {
    every: Option<f64>,
    next: f64,
    /// When it was last told why there is no picture, and why.
    told: Option<(f64, String)>,
}

impl Schedule {
    /// Every so many seconds, or only when asked for.
    pub fn new(every: Option<Duration>) -> Self {
        Self {
            every: every.map(|every| every.as_secs_f64()),
            next: 0.0,
            told: None,
        }
    }

    /// Whether a picture is due, `seconds` of signal after the begin.
    pub fn is_due(&self, seconds: f64) -> bool {
        self.every.is_some() && seconds >= self.next
    }

    /// Notes that a picture was begun.
    pub fn begun(&mut self, seconds: f64) {
        self.told = None;
        self.next = seconds + self.every.unwrap_or(0.0);
    }

    /// Whether it is to be told that no picture can be made for `reason`: not every time. It is tried again
    /// a second later.
    pub fn put_off(&mut self, seconds: f64, reason: &str) -> bool {
        self.next = seconds + 1.0;
        // Numbers change from second to second, and what is to be done does not.
        let kind: String = reason.chars().filter(|c| !c.is_ascii_digit()).collect();
        let is_new = match &self.told {
            Some((when, told)) => *told != kind || seconds - when >= AGAIN,
            None => true,
        };
        if is_new {
            self.told = Some((seconds, kind));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_due_every_so_often() {
        assert!(!Schedule::new(None).is_due(1e9));
        let mut schedule = Schedule::new(Some(Duration::from_secs(30)));
        assert!(schedule.is_due(0.0));
        schedule.begun(12.0);
        assert!(!schedule.is_due(41.9) && schedule.is_due(42.0));
        assert!(schedule.put_off(42.0, "5 of 10 seconds"));
        assert!(!schedule.is_due(42.5) && schedule.is_due(43.0));
        assert!(!schedule.put_off(43.0, "6 of 10 seconds"));
        assert!(schedule.put_off(44.0, "electrodes are off: LA"));
        assert!(!schedule.put_off(45.0, "electrodes are off: LA"));
        assert!(schedule.put_off(54.0, "electrodes are off: LA"));
    }
}
