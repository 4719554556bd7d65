//! A front end that falls silent, comes back, or samples at a rate that no one set.

use crate::bench::{Board, ItemQueue, settings};
use ecg2mri_shim::acquisition::ApplyError;
use ecg2mri_shim::wire::{Activity, Happening};

fn happened(board: &Board<'_>, wanted: fn(&Happening) -> bool) -> usize {
    let occurrences = board.host.occurrences.iter();
    occurrences.filter(|one| wanted(&one.what)).count()
}

#[test]
fn a_front_end_that_resets_itself_is_set_again_and_its_absence_counted() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(500);
    let silent_since = board.world.now.get();
    board.world.brown_out();
    let ups = board.world.power_ups.get();
    while board.world.next_edge().is_none() {
        board.smooth(1);
    }
    assert_eq!(board.world.power_ups.get(), ups + 1);
    let absent = board.world.now.get() - silent_since;
    board.smooth(300);
    board.settle();
    board.host.balance();
    let stopped = happened(&board, |what| {
        matches!(what, Happening::DataReadyStopped { .. })
    });
    assert_eq!(stopped, 1);
    assert_eq!(
        happened(&board, |what| *what == Happening::FrontEndReset),
        1
    );
    let expected = absent as f64 / 2020.0;
    let lost = f64::from(board.host.lost[1]);
    assert!((lost - expected).abs() < 15.0, "{lost} {expected}");
}

#[test]
fn without_a_front_end_the_device_says_so_and_goes_on_trying() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(false));
    board.world.apply_fault.set(Some(ApplyError::NotVerified));
    board.command(ecg2mri_shim::wire::Command::Start);
    let before = board.world.power_ups.get();
    board.smooth(2500);
    let state = board.host.state.expect("a state");
    assert_eq!(state.activity, Activity::Stopped);
    assert!(board.host.hellos >= 5, "and is there to be asked");
    let tries = board.world.power_ups.get() - before;
    assert!((4..=7).contains(&tries), "{tries}");
    board.world.apply_fault.set(None);
    board.smooth(1500);
    // The command failed; the device is as it was before, but well.
    let mended = happened(&board, |what| *what == Happening::FrontEndReset);
    assert_eq!(mended, 1);
}

#[test]
fn a_front_end_at_another_rate_gives_no_sample_but_word() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.world.period.set(board.world.period.get() / 2);
    // Whenever the device sets it again, the rate is wrong again.
    for _ in 0..3000 {
        board.smooth(1);
        if board.world.period.get() > 1_500_000 {
            board.world.period.set(board.world.period.get() / 2);
        }
    }
    assert_eq!(board.host.delivered, 0);
    assert!(happened(&board, |what| matches!(what, Happening::OddEdges { .. })) >= 1);
    let stopped = happened(&board, |what| {
        matches!(what, Happening::DataReadyStopped { .. })
    });
    assert!(stopped >= 1);
}
