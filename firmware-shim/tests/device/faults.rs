//! Random faults, and the ledger that must come out.

use crate::bench::{Board, Fault, ItemQueue, Plan, settings};
use ecg2mri_shim::acquisition::Settings;
use ecg2mri_shim::wire::{ChannelChoice, Command, LeadOffSettings, LossCause};
use proptest::prelude::*;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Mostly nothing, now and then anything.
fn any_plan() -> impl Strategy<Value = Plan> {
    let late = prop_oneof![30 => 0_u64..30, 1 => 0_u64..5_000];
    let fault = prop_oneof![
        30 => Just(Fault::None),
        1 => Just(Fault::Spi),
        1 => Just(Fault::BadSync),
    ];
    let take = prop_oneof![6 => Just(usize::MAX), 1 => 0_usize..400];
    (
        prop::bool::weighted(0.02),
        late,
        fault,
        prop::bool::weighted(0.5),
        take,
    )
        .prop_map(|(missed, late, fault, turn, take)| Plan {
            missed,
            late,
            fault,
            turn,
            take,
        })
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::Start),
        Just(Command::Stop),
        Just(Command::Identify),
        prop::sample::select(vec![250_000, 500_000, 1_000_000, 360_000])
            .prop_map(|millihertz| Command::SetRate { millihertz }),
        (0..2_u8, prop::sample::select(vec![1, 2, 6, 12, 7])).prop_map(|(channel, gain)| {
            Command::SetGain {
                channels: ChannelChoice::One(channel),
                gain,
            }
        }),
        Just(Command::SetLeadOff(LeadOffSettings::OFF)),
    ]
}

/// Runs of conversions with a stall of the main loop, of the link, or a command between them.
#[derive(Debug, Clone)]
enum Act {
    Conversions(Vec<Plan>),
    MainLoopStalls(usize),
    LinkStalls(usize),
    Command(Command),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => prop::collection::vec(any_plan(), 1..80).prop_map(Act::Conversions),
        1 => (1..60_usize).prop_map(Act::MainLoopStalls),
        1 => (1..200_usize).prop_map(Act::LinkStalls),
        2 => any_command().prop_map(Act::Command),
    ]
}

fn act(board: &mut Board<'_>, act: &Act) {
    match act {
        Act::Conversions(plans) => plans.iter().for_each(|plan| board.convert(plan)),
        Act::MainLoopStalls(conversions) => {
            let asleep = Plan {
                turn: false,
                ..Plan::SMOOTH
            };
            (0..*conversions).for_each(|_| board.convert(&asleep));
        }
        Act::LinkStalls(conversions) => {
            let deaf = Plan {
                take: 0,
                ..Plan::SMOOTH
            };
            (0..*conversions).for_each(|_| board.convert(&deaf));
        }
        Act::Command(command) => {
            board.command(*command);
        }
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    /// The host checks every frame; here it is the balance that counts.
    #[test]
    fn whatever_happens_each_instant_is_delivered_right_or_counted(
        acts in prop::collection::vec(any_act(), 1..25),
    ) {
        let mut queue = ItemQueue::new();
        let mut board = Board::new(&mut queue, settings(true));
        board.smooth(80);
        acts.iter().for_each(|one| act(&mut board, one));
        board.smooth(2);
        board.command(Command::Start);
        board.settle();
        board.host.balance();
        prop_assert!(board.host.delivered > 0);
    }

    /// Faults of one kind come out as that cause, to the last.
    #[test]
    fn every_fault_has_its_name(
        hits in prop::collection::vec(prop::bool::weighted(0.2), 1..300),
        bad_sync in any::<bool>(),
    ) {
        let mut queue = ItemQueue::new();
        let mut board = Board::new(&mut queue, settings(true));
        board.smooth(80);
        let (fault, cause) = match bad_sync {
            true => (Fault::BadSync, LossCause::BadSync),
            false => (Fault::Spi, LossCause::SpiError),
        };
        for &hit in &hits {
            let fault = if hit { fault } else { Fault::None };
            board.convert(&Plan { fault, ..Plan::SMOOTH });
        }
        board.settle();
        board.host.balance();
        let mut expected = [0; 4];
        expected[cause as usize] = hits.iter().filter(|&&hit| hit).count() as u32;
        prop_assert_eq!(board.host.state.expect("a state came").counts.lost, expected);
    }
}

#[test]
fn a_full_queue_is_an_overrun() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(80);
    act(&mut board, &Act::MainLoopStalls(35));
    board.settle();
    board.host.balance();
    // The queue holds fifteen, and the next instant comes before the main loop wakes.
    let counts = board.host.state.expect("a state came").counts;
    assert_eq!(counts.lost, [21, 0, 0, 0]);
}

#[test]
fn missed_edges_are_counted_by_time() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(400);
    let blind = Plan {
        missed: true,
        ..Plan::SMOOTH
    };
    (0..50).for_each(|_| board.convert(&blind));
    board.settle();
    board.host.balance();
    // One more is lost because after a gap the first edge is in doubt.
    let counts = board.host.state.expect("a state came").counts;
    assert_eq!(counts.lost, [0, 51, 0, 0]);
}

#[test]
fn frames_that_the_link_does_not_take_are_dropped_whole() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(80);
    act(&mut board, &Act::LinkStalls(300));
    board.settle();
    board.host.balance();
    let counts = board.host.state.expect("a state came").counts;
    assert_eq!(counts.lost, [0; 4]);
    assert!((20..30).contains(&counts.frames_dropped), "{counts:?}");
    assert_eq!(counts.events_dropped, 0);
}

/// Times of samples frames follow the conversions, not the services, and go on where the counter
/// wraps.
#[test]
fn frames_carry_the_time_of_their_first_instant() {
    let mut queue = ItemQueue::new();
    let mut board = Board::new(&mut queue, settings(true));
    board.smooth(3000);
    let times = &board.host.times;
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(first.1 < u64::from(u32::MAX) && last.1 > u64::from(u32::MAX));
    let measured = (last.1 - first.1) as f64 / f64::from(last.0 - first.0);
    assert!((measured - 2020.0).abs() < 0.1, "{measured}");
}

/// At some of these delays the next conversion ends amid the transfer.
#[test]
fn a_service_at_any_delay_gives_no_wrong_sample() {
    for (rate_millihertz, transfer) in [(500_000, 60), (2_000_000, 200)] {
        let settings = Settings {
            rate_millihertz,
            ..settings(true)
        };
        let period = 1_010_000_000 / u64::from(rate_millihertz);
        for late in (0..3 * period).step_by(7) {
            let mut queue = ItemQueue::new();
            let mut board = Board::new(&mut queue, settings.clone());
            board.world.transfer.set(transfer);
            board.smooth(80);
            for _ in 0..2 {
                board.convert(&Plan {
                    late,
                    ..Plan::SMOOTH
                });
                board.smooth(10);
            }
            board.settle();
            board.host.balance();
        }
    }
}
