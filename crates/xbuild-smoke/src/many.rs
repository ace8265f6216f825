//! Several runs at once.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls `act` for every item on at most `at_once` threads; the answers come in the items' order.
pub fn for_each<T: Sync, R: Send>(items: &[T], at_once: NonZeroUsize, act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::default();
    let work = || {
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, item))
        } {
            let answer = act(item);
            if let Ok(mut done) = done.lock() {
                done.push((index, answer));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..at_once.get().min(items.len()) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_items_however_many_threads_there_are() {
        for at_once in [1, 2, 9] {
            let at_once = NonZeroUsize::new(at_once).expect("not zero");
            assert_eq!(for_each(&[1, 2, 3, 4], at_once, |item| item * 2), [2, 4, 6, 8]);
            assert_eq!(for_each(&[0; 0], at_once, |item| *item), [0; 0]);
        }
    }
}
