#![no_std]
#![no_main]
use cortex_m_rt::entry;
use embedded_hal_bus::spi::ExclusiveDevice;
use panic_halt as _;
use stm32f4xx_hal::{
    ClearFlags,
    gpio::{Edge, Input, Output, Pin, Speed},
    pac::{self, Peripherals, interrupt},
    prelude::*,
    rcc, serial,
    spi::{self, Spi},
    timer::{CounterUs, Delay},
};

type Ready = Pin<'C', 7, Input>;
type Bus = Spi<pac::SPI1>;
#[entry]
fn main() -> ! {
    let mut device = Peripherals::take().unwrap();
    let mut rcc = device.RCC.freeze(
        rcc::Config::hse(8.MHz())
            .bypass_hse_oscillator()
            .sysclk(84.MHz()),
    );
    let gpioa = device.GPIOA.split(&mut rcc);
    let gpiob = device.GPIOB.split(&mut rcc);
    let gpioc = device.GPIOC.split(&mut rcc);
    let mut syscfg = device.SYSCFG.constrain(&mut rcc);
    let mut ready: Ready = gpioc.pc7.into_floating_input();
    ready.make_interrupt_source(&mut syscfg);
    ready.trigger_on_edge(&mut device.EXTI, Edge::Falling);
    ready.enable_interrupt(&mut device.EXTI);
    let bus: Bus = Spi::new(
        device.SPI1,
        (
            Some(gpioa.pa5.into_alternate().speed(Speed::VeryHigh)),
            Some(gpioa.pa6.into_alternate().speed(Speed::VeryHigh)),
            Some(gpioa.pa7.into_alternate().speed(Speed::VeryHigh)),
        ),
        embedded_hal::spi::MODE_1,
        8.MHz(),
        &mut rcc,
    );
    let cs = gpiob
        .pb6
        .into_push_pull_output_in_state(stm32f4xx_hal::gpio::PinState::High);
    let delay = device.TIM5.delay_us(&mut rcc);
    let spi = ExclusiveDevice::new(bus, cs, delay).unwrap();
    let mut clock: CounterUs<pac::TIM2> = device.TIM2.counter_us(&mut rcc);
    clock.start(u32::MAX.micros()).unwrap();
    let (tx, mut rx) = device
        .USART2
        .serial::<u8>(
            (gpioa.pa2, gpioa.pa3),
            serial::Config::default().baudrate(921_600.bps()),
            &mut rcc,
        )
        .unwrap()
        .split();
    rx.listen();
    loop {}
}
