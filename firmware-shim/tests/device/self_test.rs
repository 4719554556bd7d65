//! The self-test with the front end's own square wave.

use crate::bench::{Board, Fault, ItemQueue, Plan, settings};
use ecg2mri_shim::wire::{
    Activity, ChannelChoice, Command, Faults, Outcome, SelfTest, Status, Verdict,
};

fn tested(board: &mut Board<'_>) -> SelfTest {
    let number = board.command(Command::SelfTest);
    board.smooth(10);
    let outcome = board.host.answer(number).map(|answer| answer.outcome);
    assert_eq!(outcome, Some(Outcome::Done));
    // Other commands have to wait.
    let busy = board.command(Command::Stop);
    board.smooth(1);
    let outcome = board.host.answer(busy).map(|answer| answer.outcome);
    assert_eq!(outcome, Some(Outcome::Busy));
    for _ in 0..3000 {
        board.smooth(1);
        if !board.host.self_tests.is_empty() {
            break;
        }
    }
    board.host.self_tests.pop().expect("a result")
}

#[test]
fn a_sound_front_end_passes_and_goes_back_to_what_it_did() {
    for running in [true, false] {
        let mut queue = ItemQueue::new();
        let mut board = Board::new(&mut queue, settings(running));
        board.smooth(100);
        let result = tested(&mut board);
        assert_eq!(result.verdict, Verdict::Passed, "{result:?}");
        assert_eq!(result.channels.len(), 8);
        for channel in &result.channels {
            assert_eq!(channel.faults, Faults::NONE);
            // Two millivolts of 0.047684 microvolts.
            assert_eq!(channel.expected_amplitude, 41_943);
            assert!(channel.amplitude.abs_diff(41_943) < 5, "{channel:?}");
            assert!(channel.period_microseconds.abs_diff(512_000) < 3000);
        }
        board.smooth(700);
        let delivered = board.host.delivered;
        board.smooth(100);
        assert_eq!(board.host.delivered > delivered, running);
        let state = board.host.state.expect("a state");
        let expected = if running {
            Activity::Sampling
        } else {
            Activity::Stopped
        };
        assert_eq!(state.activity, expected);
        board.settle();
        board.host.balance();
        let flagged = (board.host.samples.iter())
            .filter(|samples| samples.status.contains(Status::TEST_SIGNAL))
            .map(|samples| samples.block.sample_count())
            .sum::<usize>();
        assert!(flagged >= usize::from(result.samples), "{flagged}");
    }
}

#[test]
fn a_weak_channel_fails_alone() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    for (percent, fault) in [
        (96, Faults::NONE),
        (94, Faults::AMPLITUDE),
        (106, Faults::AMPLITUDE),
        (0, Faults::AMPLITUDE.with(Faults::PERIOD)),
    ] {
        board.world.channel_3.set(percent);
        let result = tested(&mut board);
        let expected = match fault {
            Faults::NONE => Verdict::Passed,
            _ => Verdict::Failed,
        };
        assert_eq!(result.verdict, expected, "{percent} %: {result:?}");
        for (position, channel) in result.channels.iter().enumerate() {
            let expected = if position == 3 { fault } else { Faults::NONE };
            assert_eq!(channel.faults, expected, "{percent} %, channel {position}");
        }
    }
}

#[test]
fn a_wrong_period_fails_everywhere() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.world.square_wave.set(110);
    let result = tested(&mut board);
    assert_eq!(result.verdict, Verdict::Failed);
    for channel in &result.channels {
        assert!(channel.faults.contains(Faults::PERIOD), "{channel:?}");
    }
}

#[test]
fn a_channel_that_is_off_is_not_tested() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(false));
    board.command(Command::SetGain {
        channels: ChannelChoice::One(5),
        gain: 0,
    });
    board.smooth(3);
    let result = tested(&mut board);
    assert_eq!(result.verdict, Verdict::Passed);
    assert_eq!(result.channels[5].faults, Faults::NOT_TESTED);
}

#[test]
fn a_front_end_that_stops_amid_the_test_leaves_it_open() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(40);
    board.command(Command::SelfTest);
    board.smooth(100);
    let broken = Plan {
        fault: Fault::Spi,
        ..Plan::SMOOTH
    };
    (0..2500).for_each(|_| board.convert(&broken));
    board.smooth(100);
    let result = board.host.self_tests.pop().expect("a result");
    assert_eq!(result.verdict, Verdict::Inconclusive);
    board.settle();
    board.host.balance();
}
