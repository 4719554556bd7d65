//! A layer's output divided into bands of rows, each of which a thread makes.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::buffer::Buffer;

/// Multiplications that are worth a thread of their own: several times what it takes to start one. Tests are of small
/// layers, and share them all the same.
const WORTH_A_THREAD: usize = if cfg!(test) { 100 } else { 1_000_000 };

/// How many threads suit so many multiplications, of so many that there may be.
pub fn suited(multiplications: usize, threads: usize) -> usize {
    (multiplications / WORTH_A_THREAD).clamp(1, threads.max(1))
}

/// Calls `work` for bands of units that together are all `units`: with the units, the band's part of `output`, in which
/// each unit has `unit_floats`, and one of `scratches`, of which there is one for each thread. How many there are makes no
/// difference to what comes out, as long as `work` makes each unit without looking at the others.
pub fn in_bands(
    units: usize,
    unit_floats: usize,
    output: &mut [f32],
    scratches: &mut [Buffer],
    work: impl Fn(Range<usize>, &mut [f32], &mut [f32]) + Sync,
) {
    let count = scratches.len().min(units);
    let mut rest = output;
    let mut bands = Vec::with_capacity(count);
    for (index, scratch) in scratches[..count].iter_mut().enumerate() {
        let band = units * index / count..units * (index + 1) / count;
        let floats = (band.len() * unit_floats).min(rest.len());
        let (own, others) = rest.split_at_mut(floats);
        rest = others;
        bands.push(Mutex::new(Some((band, own, &mut scratch[..]))));
    }
    let make = |band: &Mutex<Option<_>>| {
        if let Some((band, own, scratch)) =
            band.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            work(band, own, scratch);
        }
    };
    let Some((last, others)) = bands.split_last() else {
        return;
    };
    thread::scope(|scope| {
        for band in others {
            // The system may have no thread to spare.
            if thread::Builder::new()
                .spawn_scoped(scope, || make(band))
                .is_err()
            {
                make(band);
            }
        }
        make(last);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_made_once_by_any_number_of_threads() {
        for (units, threads) in [(1, 1), (1, 4), (7, 2), (7, 3), (7, 7), (7, 9), (0, 2)] {
            // The last unit is cut short, as the last row of tiles may be.
            let mut output = vec![0.0; (units * 3_usize).saturating_sub(1)];
            let mut scratches: Vec<Buffer> = (0..threads).map(|_| Buffer::zeros(1)).collect();
            in_bands(
                units,
                3,
                &mut output,
                &mut scratches,
                |band, own, scratch| {
                    scratch[0] += 1.0;
                    assert!(own.len().div_ceil(3) == band.len());
                    for (index, value) in own.iter_mut().enumerate() {
                        *value += (band.start + index / 3) as f32 + 1.0;
                    }
                },
            );
            let expected: Vec<f32> = (0..output.len()).map(|n| (n / 3) as f32 + 1.0).collect();
            assert_eq!(output, expected, "{units} units, {threads} threads");
            let used: f32 = scratches.iter().map(|scratch| scratch[0]).sum();
            assert_eq!(used, threads.min(units) as f32);
        }
    }

    #[test]
    fn small_layers_stay_on_one_thread() {
        assert_eq!(suited(10, 8), 1);
        assert_eq!(suited(3 * WORTH_A_THREAD, 2), 2);
        assert_eq!(suited(3 * WORTH_A_THREAD, 8), 3);
        assert_eq!(suited(0, 0), 1);
    }
}
