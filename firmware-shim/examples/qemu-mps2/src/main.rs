#![no_std]
#![no_main]
use cortex_m_rt::{entry, exception};
use panic_semihosting as _;
mod board;
#[exception]
fn SysTick() { board::send(b'.'); }
#[entry]
fn main() -> ! {
    board::start();
    let mut core = cortex_m::Peripherals::take().unwrap();
    core.SYST.set_clock_source(cortex_m::peripheral::syst::SystClkSource::Core);
    core.SYST.set_reload(50000 - 1);
    core.SYST.clear_current();
    core.SYST.enable_interrupt();
    core.SYST.enable_counter();
    loop { cortex_m::asm::wfi(); board::send(b'm'); let mut v = 0; 
    for _ in 0..100 { v = core::hint::black_box(v + 1); }
    let a = cortex_m::peripheral::SYST::get_current(); for _ in 0..1000 { cortex_m::asm::nop(); } let b = cortex_m::peripheral::SYST::get_current();
     cortex_m_semihosting::hprintln!("{} {}", a-b, board::clock());}
}
