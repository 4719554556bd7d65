//! The calibration pulse that recorders append to the recording: flat, 1 mV for a fifth of a
//! second, flat, the same in every channel.

/// The pulse's length in seconds, at the least.
const SHORTEST_PULSE_SECONDS: f64 = 0.05;

/// Takes the pulse with the flat parts around it off the end of `channels`, if they end with one.
///
/// It is no heart's signal: a wave of 1 mV in every lead that no beat has.
pub(super) fn cut(channels: &mut [Vec<i32>], millivolts_per_step: f64, sampling_rate: f64) {
    let Some((first, others)) = channels.split_first() else {
        return;
    };
    let millivolt = (1.0 / millivolts_per_step).round();
    let belongs = |&(sample, &value): &(usize, &i32)| {
        (value == 0 || f64::from(value) == millivolt)
            && others.iter().all(|other| other.get(sample) == Some(&value))
    };
    let same_at_end = first.iter().enumerate().rev().take_while(belongs);
    let values: Vec<i32> = same_at_end.map(|(_, &value)| value).collect();
    let pulse = values.iter().filter(|&&value| value != 0).count();
    let alone = values
        .split(|&value| value == 0)
        .filter(|run| !run.is_empty());
    // One pulse between flat parts, in several channels, and something before it.
    if others.is_empty()
        || alone.count() != 1
        || values.first() != Some(&0)
        || values.last() != Some(&0)
        || (pulse as f64) < SHORTEST_PULSE_SECONDS * sampling_rate
        || values.len() == first.len()
    {
        return;
    }
    let length = first.len() - values.len();
    for channel in channels {
        channel.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(tail: &[i32]) -> Vec<Vec<i32>> {
        let row = |seed: i32| -> Vec<i32> {
            let beats = (1..400).map(|n| n * seed % 37 - 40);
            beats.chain(tail.iter().copied()).collect()
        };
        (1..=12).map(row).collect()
    }

    fn left(tail: &[i32]) -> usize {
        let mut channels = recording(tail);
        cut(&mut channels, 0.005, 500.0);
        assert!(channels.iter().all(|row| row.len() == channels[0].len()));
        channels[0].len()
    }

    #[test]
    fn cuts_the_pulse_and_nothing_else() {
        let (flat, pulse) = ([0; 50], [200; 100]);
        assert_eq!(left(&[&flat[..], &pulse, &flat].concat()), 399);
        for kept in [
            [&[][..], &[], &[]].concat(),
            [&flat[..], &flat, &[]].concat(),
            [&flat[..], &pulse, &[]].concat(),
            [&[][..], &pulse, &flat].concat(),
            [&flat[..], &[200; 24], &flat].concat(),
            [&flat[..], &[190; 100], &flat].concat(),
            [&flat[..], &pulse, &flat, &[1]].concat(),
            [&pulse[..], &flat, &pulse, &flat].concat(),
        ] {
            assert_eq!(left(&kept), 399 + kept.len());
        }
        // All of it, or the same pulse in one channel less.
        let tail = [&flat[..], &pulse, &flat].concat();
        let mut channels = vec![tail.clone(); 3];
        cut(&mut channels, 0.005, 500.0);
        assert_eq!(channels[0].len(), 200);
        let mut channels = recording(&tail);
        channels[7][460] = 199;
        cut(&mut channels, 0.005, 500.0);
        assert_eq!(channels[0].len(), 399 + 200);
        cut(&mut [], 0.005, 500.0);
    }
}
