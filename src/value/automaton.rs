//! Runs a regular expression over a text, and counts what that takes. Pure.
//!
//! `regex` is linear in the text, but times the size of the pattern: a pattern of 1 MiB on a body of 1 MiB takes
//! minutes. So a text is first read by an automaton that is built on the way, with a bound on its building. What that one
//! gives up, or cannot do (`\b` beside letters that are not ASCII), is tried state by state, and every state is counted.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use regex_automata::Input;
use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::{self, NFA, State, WhichCaptures};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;

use super::budget::{Budget, Unjudged};

/// Memory of the automaton that is built on the way, for one pattern while it is used.
const BUILT: usize = 1 << 20;

/// How often that memory may be full and be cleared, before the automaton gives up.
const CLEARINGS: usize = 3;

/// Bytes of it that are built in one step.
const BUILT_A_STEP: usize = 16;

/// States that are made room for in one step.
const ROOM_A_STEP: usize = 64;

/// States that are tried in one step.
const STATES_A_STEP: usize = 4;

/// A compiled regular expression.
#[derive(Debug)]
pub struct Automaton {
    nfa: NFA,
    dfa: Option<DFA>,
}

/// An automaton at work; what it has built serves the texts that follow.
pub struct Matcher {
    automaton: Arc<Automaton>,
    built: Option<dfa::Cache>,
}

impl Automaton {
    /// `None` if `pattern` is none, or takes more than `size` bytes.
    pub fn compile(pattern: &str, size: usize) -> Option<Self> {
        let config = thompson::Config::new().nfa_size_limit(Some(size)).which_captures(WhichCaptures::None);
        let nfa = NFA::compiler().configure(config).build(pattern).ok()?;
        let config = dfa::Config::new()
            .cache_capacity(BUILT)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(CLEARINGS))
            .unicode_word_boundary(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok();
        Some(Self { nfa, dfa })
    }

    /// One of the shortest texts that it may match, if assertions such as `\b` hold there.
    pub fn example(&self) -> Option<String> {
        let nfa = &self.nfa;
        let mut reached = vec![None; nfa.states().len()];
        let start = nfa.start_anchored();
        let mut open = VecDeque::from([(start, None)]);
        while let Some((id, from)) = open.pop_front() {
            let Some(slot) = reached.get_mut(id.as_usize()).filter(|slot| slot.is_none()) else { continue };
            *slot = Some(from);
            let read = |next: StateID, low: u8, high: u8| {
                // One that people can read, if there is one.
                let byte = if (low..=high).contains(&b'a') { b'a' } else { low.max(b' ').min(high) };
                (next, Some((id, Some(byte))))
            };
            let skip = |next: StateID| (next, Some((id, None)));
            match nfa.state(id) {
                State::ByteRange { trans } => open.push_back(read(trans.next, trans.start, trans.end)),
                State::Sparse(sparse) => {
                    open.extend(
                        sparse.transitions.iter().map(|trans| read(trans.next, trans.start, trans.end)),
                    );
                }
                State::Dense(_) | State::Fail => {}
                // What costs nothing comes first.
                State::Look { next, .. } | State::Capture { next, .. } => open.push_front(skip(*next)),
                State::Union { alternates } => {
                    alternates.iter().for_each(|next| open.push_front(skip(*next)));
                }
                State::BinaryUnion { alt1, alt2 } => {
                    [*alt1, *alt2].map(skip).into_iter().for_each(|to| open.push_front(to));
                }
                State::Match { .. } => return way_back(&reached, id),
            }
        }
        None
    }

    /// Whether some text may match. `false` is certain: something is asked for before the start or behind the end of a
    /// text, as in `$a`, or a set has no character. Words and lines are taken as if they always fitted.
    pub fn may_match(&self) -> bool {
        // A state, whether something stands before it, and whether the text has ended.
        let start = self.nfa.start_anchored();
        let mut open = vec![(start, false, false), (start, true, false)];
        let mut reached = HashSet::new();
        while let Some((id, is_inside, has_ended)) = open.pop() {
            if !reached.insert((id, is_inside, has_ended)) {
                continue;
            }
            let mut skip = |next: StateID| open.push((next, is_inside, has_ended));
            match self.nfa.state(id) {
                State::Match { .. } => return true,
                State::Look { look: Look::Start, .. } if is_inside => {}
                State::Look { look: Look::End, next } => open.push((*next, is_inside, true)),
                State::Look { next, .. } | State::Capture { next, .. } => skip(*next),
                State::Union { alternates } => alternates.iter().copied().for_each(skip),
                State::BinaryUnion { alt1, alt2 } => [*alt1, *alt2].into_iter().for_each(skip),
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) if has_ended => {}
                State::ByteRange { trans } => open.push((trans.next, true, false)),
                State::Sparse(sparse) => {
                    open.extend(sparse.transitions.iter().map(|trans| (trans.next, true, false)));
                }
                State::Dense(dense) => {
                    open.extend(dense.transitions.iter().map(|next| (*next, true, false)));
                }
                State::Fail => {}
            }
        }
        false
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.nfa.memory_usage()
    }
}

impl Matcher {
    pub fn new(automaton: Arc<Automaton>) -> Self {
        let built = automaton.dfa.as_ref().map(DFA::create_cache);
        Self { automaton, built }
    }

    /// Whether the pattern is found anywhere in `text`.
    pub fn is_match(&mut self, text: &str, budget: &mut Budget) -> Result<bool, Unjudged> {
        budget.spend_text(text.len())?;
        let Automaton { nfa, dfa } = &*self.automaton;
        if let (Some(dfa), Some(built)) = (dfa, &mut self.built) {
            let before = weight(built);
            let found = dfa.try_search_fwd(built, &Input::new(text).earliest(true));
            budget.spend(weight(built).saturating_sub(before) / BUILT_A_STEP)?;
            if let Ok(found) = found {
                return Ok(found.is_some());
            }
        }
        state_by_state(nfa, text.as_bytes(), budget)
    }
}

/// From where a state was reached, and by which byte.
type Predecessor = Option<(StateID, Option<u8>)>;

fn way_back(reached: &[Option<Predecessor>], end: StateID) -> Option<String> {
    let (mut bytes, mut at) = (Vec::new(), end);
    while let Some(Some(Some((before, byte)))) = reached.get(at.as_usize()) {
        bytes.extend(byte);
        at = *before;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

/// Everything that was ever built, in bytes.
fn weight(built: &dfa::Cache) -> usize {
    built.clear_count() * BUILT + built.memory_usage()
}

/// Follows all ways through `nfa` at once.
fn state_by_state(nfa: &NFA, text: &[u8], budget: &mut Budget) -> Result<bool, Unjudged> {
    budget.spend(nfa.states().len() / ROOM_A_STEP)?;
    let mut now = Ways::new(nfa);
    let mut next = Ways::new(nfa);
    let mut tried = 0;
    for at in 0..=text.len() {
        if at == 0 || !nfa.is_always_start_anchored() {
            now.enter(nfa, nfa.start_anchored(), text, at, &mut tried);
        }
        if now.is_match {
            return Ok(true);
        }
        if let Some(byte) = text.get(at) {
            for id in now.states.drain(..) {
                tried += 1;
                if let Some(to) = step(nfa.state(id), *byte) {
                    next.enter(nfa, to, text, at + 1, &mut tried);
                }
            }
        }
        budget.spend(tried / STATES_A_STEP)?;
        tried %= STATES_A_STEP;
        now.leave();
        std::mem::swap(&mut now, &mut next);
    }
    Ok(false)
}

/// Where one byte leads.
fn step(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(sparse) => sparse.matches_byte(byte),
        State::Dense(dense) => dense.matches_byte(byte),
        State::Look { .. }
        | State::Union { .. }
        | State::BinaryUnion { .. }
        | State::Capture { .. }
        | State::Fail
        | State::Match { .. } => None,
    }
}

/// The states that are reached at one place of the text.
struct Ways {
    states: Vec<StateID>,
    is_reached: Vec<bool>,
    reached: Vec<StateID>,
    is_match: bool,
}

impl Ways {
    fn new(nfa: &NFA) -> Self {
        Self {
            states: Vec::new(),
            is_reached: vec![false; nfa.states().len()],
            reached: Vec::new(),
            is_match: false,
        }
    }

    /// Adds `start`, and all that is reached from it without reading on.
    fn enter(&mut self, nfa: &NFA, start: StateID, text: &[u8], at: usize, tried: &mut usize) {
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            *tried += 1;
            match self.is_reached.get_mut(id.as_usize()) {
                Some(is_reached) if !*is_reached => *is_reached = true,
                Some(_) | None => continue,
            }
            self.reached.push(id);
            match nfa.state(id) {
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => self.states.push(id),
                State::Look { look, next } => {
                    if nfa.look_matcher().matches(*look, text, at) {
                        open.push(*next);
                    }
                }
                State::Union { alternates } => open.extend(alternates.iter().copied()),
                State::BinaryUnion { alt1, alt2 } => open.extend([*alt1, *alt2]),
                State::Capture { next, .. } => open.push(*next),
                State::Fail => {}
                State::Match { .. } => self.is_match = true,
            }
        }
    }

    /// Forgets everything; costs what was reached, not what there is.
    fn leave(&mut self) {
        for id in self.reached.drain(..) {
            if let Some(is_reached) = self.is_reached.get_mut(id.as_usize()) {
                *is_reached = false;
            }
        }
        self.states.clear();
        self.is_match = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn both(pattern: &str, text: &str) -> (bool, bool) {
        let automaton = Arc::new(Automaton::compile(pattern, 1 << 20).expect("a pattern"));
        let states = state_by_state(&automaton.nfa, text.as_bytes(), &mut Budget::default());
        let quick = Matcher::new(automaton).is_match(text, &mut Budget::default());
        (states.expect("few steps"), quick.expect("few steps"))
    }

    proptest! {
        /// The crate whose language it is has the last word.
        #[test]
        fn both_ways_find_what_regex_finds(
            pattern in prop_oneof![
                "(\\^|\\\\b)?[ab.]{1,3}[*+?]?(\\||c|ü)?[ab]?(\\$|\\\\B)?",
                "(a|b[^c]){0,3}\\\\w+(x|ü){1,2}"
            ],
            text in "[abcxü \n]{0,12}",
        ) {
            if let Ok(regex) = regex::Regex::new(&pattern) {
                let is_match = regex.is_match(&text);
                prop_assert_eq!(both(&pattern, &text), (is_match, is_match), "{} {}", pattern, text);
            }
        }
    }

    #[test]
    fn an_example_is_short_and_is_matched() {
        for pattern in ["^(up|starting)$", "[0-9]{3}-x", ".*", r"^\p{Lu}\w+\s?$", "ü{2}", "(a|bc){2}d"] {
            let automaton = Arc::new(Automaton::compile(pattern, 1 << 20).expect("a pattern"));
            let example = automaton.example().expect("one");
            let found = Matcher::new(automaton).is_match(&example, &mut Budget::default());
            assert_eq!(found, Ok(true), "{pattern}: {example:?}");
            assert!(example.chars().count() < 6, "{pattern}: {example:?}");
        }
        assert_eq!(Automaton::compile(r"[^\s\S]", 1 << 20).expect("a pattern").example(), None);
    }

    #[test]
    fn a_pattern_that_no_text_matches_differs_from_one_that_some_text_does() {
        for (pattern, may) in [
            ("a^b", false),
            ("$a", false),
            ("^ok$\n", false),
            (r"[^\s\S]", false),
            (r"(a$b|\zx)", false),
            ("(?m)^a$\n^b", true),
            ("^$", true),
            ("a|$b", true),
            ("(^a)?b", true),
            (r"\bok\b", true),
            (r"\p{Lu}+", true),
        ] {
            assert_eq!(
                Automaton::compile(pattern, 1 << 20).expect("a pattern").may_match(),
                may,
                "{pattern}"
            );
        }
    }

    #[test]
    fn words_beside_letters_that_are_not_ascii_are_found() {
        let text = "日本語 ".repeat(40_000);
        assert_eq!(both(r"\bok\b", &format!("{text}ok 語")), (true, true));
        assert_eq!(both(r"\bok\b", &format!("{text}okay")), (false, false));
    }

    #[test]
    fn a_pattern_that_is_dear_on_a_long_text_ends_at_the_bound() {
        // Whether an `a` was 8,000 characters ago: an automaton of 2^8,000 states.
        let automaton = Automaton::compile("a[ab]{8000}c", 1 << 20).expect("within the size");
        let text: String =
            (0..1 << 20).map(|i: u64| if (i * i / 7).is_multiple_of(3) { 'a' } else { 'b' }).collect();
        let mut budget = Budget::default();
        let found = Matcher::new(Arc::new(automaton)).is_match(&text, &mut budget);
        assert_eq!(found, Err(Unjudged::TooManySteps));
    }

    #[test]
    fn an_ordinary_pattern_on_the_longest_body_costs_a_fraction_of_the_bound() {
        let text = "the service is up, and so is the other one; ".repeat((1 << 20) / 44);
        for pattern in ["absent", r"^\{.*\}$", r"[0-9]{3}-[0-9]{4}", "(?i)error|fatal", r"\bdown\b"] {
            let mut matcher =
                Matcher::new(Arc::new(Automaton::compile(pattern, 1 << 20).expect("a pattern")));
            let mut budget = Budget::default();
            assert_eq!(matcher.is_match(&text, &mut budget), Ok(false), "{pattern}");
            assert!(budget.spent() < 100_000, "{pattern}: {}", budget.spent());
        }
    }
}
