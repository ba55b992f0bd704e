//! From the list of kinds to the types that hold any one of them.

/// Each kind by a name of its own, with the type that implements [`Kind`](super::Kind). The first is that of a URL whose
/// scheme a reference hides.
macro_rules! kinds {
    ($(unprobed $unprobed:ident($unprobed_kind:ty),)+ $first:ident($first_kind:ty), $($name:ident($kind:ty)),+ $(,)?) => {
        kinds!(@all $first, $first($first_kind), $($name($kind),)+ $($unprobed($unprobed_kind)),+);

        /// What a probe asks.
        #[derive(Clone, Copy)]
        pub enum ProbedAsk<'a> {
            $first(&'a <$first_kind as Kind>::Ask),
            $($name(&'a <$kind as Kind>::Ask),)+
        }

        impl Ask {
            /// What there is to ask; `None` where a program speaks first.
            pub fn probed(&self) -> Option<ProbedAsk<'_>> {
                match self {
                    Self::$first(ask) => Some(ProbedAsk::$first(ask)),
                    $(Self::$name(ask) => Some(ProbedAsk::$name(ask)),)+
                    $(Self::$unprobed(_) => None,)+
                }
            }
        }
    };
    (@all $first:ident, $($name:ident($kind:ty)),+) => {
        /// Which kind of check a monitor is, by the scheme of its URL.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum KindName {
            $($name,)+
        }

        /// What is asked of an endpoint, beyond being reached.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Ask {
            $($name(<$kind as Kind>::Ask),)+
        }

        /// What came back: a complete answer of the endpoint, good or bad.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Evidence {
            $($name(<$kind as Kind>::Evidence),)+
        }

        /// Evidence as assertions look at it: what takes time to read is read once.
        pub enum EvidenceReader<'a> {
            $($name(<$kind as Kind>::Reader<'a>),)+
        }

        /// What a document has of its own kind of check.
        #[derive(Debug)]
        #[expect(clippy::large_enum_variant, reason = "it lives on the stack, while one document is read")]
        pub enum OwnFields {
            $($name(Own<$kind>),)+
        }

        impl KindName {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Where a reference hides the scheme.
            pub const HIDDEN: Self = Self::$first;

            /// The word for it in messages.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => <$kind>::NAME,)+
                }
            }

            pub fn schemes(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => <$kind>::SCHEMES,)+
                }
            }

            pub fn url_form(self) -> UrlForm {
                match self {
                    $(Self::$name => <$kind>::URL,)+
                }
            }

            /// The field that stands in place of `url`, where there is nothing to reach.
            pub fn in_place_of_url(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => <$kind>::IN_PLACE_OF_URL,)+
                }
            }

            /// Fields of all kinds that mean nothing to it.
            pub fn lacks(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => <$kind>::LACKS,)+
                }
            }

            /// Failures in a row that count, where nothing is said.
            pub fn failures(self) -> u32 {
                match self {
                    $(Self::$name => <$kind>::FAILURES,)+
                }
            }

            /// The fields that it has of its own, those within `expect` last.
            pub fn fields(self) -> impl Iterator<Item = &'static Field> {
                let (fields, expect) = match self {
                    $(Self::$name => (<$kind>::FIELDS, <$kind>::EXPECT_FIELDS),)+
                };
                fields.iter().chain(expect)
            }

            /// What its expectations speak of: those that a field holds, then those that always must hold.
            pub fn subjects(self) -> impl Iterator<Item = Subject> {
                let always = match self {
                    $(Self::$name => <$kind>::SUBJECTS,)+
                };
                self.fields().filter_map(|field| field.subject).chain(always.iter().copied())
            }

            /// Reads its own fields of a document. Those of others are passed over.
            pub fn read(self, fields: &Map<String, Value>) -> Result<OwnFields, serde_json::Error> {
                match self {
                    $(Self::$name => Own::read(fields).map(OwnFields::$name),)+
                }
            }

            /// Its own fields of a document that has none.
            pub fn nothing(self) -> OwnFields {
                match self {
                    $(Self::$name => OwnFields::$name(Own::default()),)+
                }
            }

            /// The properties of the schema: beside the shared fields, and within `expect`.
            pub fn properties(
                self,
                generator: &mut SchemaGenerator,
            ) -> (Map<String, Value>, Map<String, Value>) {
                match self {
                    $(Self::$name => kind::properties::<$kind>(generator),)+
                }
            }
        }

        impl OwnFields {
            /// What is asked and what must hold, with a violation for everything that is wrong.
            pub fn build(&self, scrutiny: Scrutiny, violations: &mut Vec<Violation>) -> Built {
                match self {
                    $(Self::$name(own) => {
                        let (ask, assertions) = own.build(scrutiny, violations);
                        Built { ask: Ask::$name(ask), assertions }
                    })+
                }
            }
        }

        impl Ask {
            pub fn kind(&self) -> KindName {
                match self {
                    $(Self::$name(_) => KindName::$name,)+
                }
            }

            /// What people call the code of an answer; `None` where the protocol has no codes.
            pub fn code_name(&self) -> Option<&'static str> {
                match self {
                    $(Self::$name(_) => <$kind>::CODES,)+
                }
            }

            fn proves(&self) -> Proof {
                match self {
                    $(Self::$name(_) => <$kind>::PROVES,)+
                }
            }

            /// What is asked, in a line: `GET https://a.example/health`, `TCP mail.example:25 smtp`.
            pub fn describe(&self, url: &str) -> String {
                match self {
                    $(Self::$name(ask) => <$kind>::describe(ask, url),)+
                }
            }

            /// What the protocol does to the URL, such as POST; `None` where there is one thing to do.
            pub fn method(&self) -> Option<&str> {
                match self {
                    $(Self::$name(ask) => <$kind>::method(ask),)+
                }
            }

            /// The texts that are sent beside the URL, in the order in which they are written.
            pub fn sent(&self) -> Vec<Sent<'_>> {
                match self {
                    $(Self::$name(ask) => <$kind>::sent(ask),)+
                }
            }

            /// Those that go over the network as they are, the URL among them if it does.
            pub fn sent_in_clear<'a>(&'a self, url: &'a Template) -> Vec<Sent<'a>> {
                match self {
                    $(Self::$name(ask) => <$kind>::sent_in_clear(ask, url),)+
                }
            }

            /// The host that gets what is sent, where it is another one than the URL's.
            pub fn named_host(&self) -> Option<String> {
                match self {
                    $(Self::$name(ask) => <$kind>::named_host(ask),)+
                }
            }

            /// Why there will be no TLS; `None` where there may be.
            pub fn without_tls(&self, url: &str) -> Option<WithoutTls> {
                match self {
                    $(Self::$name(ask) => <$kind>::without_tls(ask, url),)+
                }
            }

            /// The field of a file in which less is asked than `before`.
            pub fn weaker_than(&self, before: &Self) -> Option<&'static str> {
                match (before, self) {
                    $((Self::$name(before), Self::$name(after)) => <$kind>::weaker(before, after),)+
                    // Of two kinds, one may prove less.
                    (before, after) => (after.proves() < before.proves()).then_some("url"),
                }
            }

            /// What is valid and rarely meant, of this and of what must hold of the answer.
            pub fn lint(&self, assertions: &[Assertion], violations: &mut Vec<Violation>) {
                match self {
                    $(Self::$name(ask) => <$kind>::lint(ask, assertions, violations),)+
                }
            }

            /// What must hold beside what is written as assertions, in words that follow "expected".
            pub fn expected(&self) -> Vec<(Subject, String)> {
                match self {
                    $(Self::$name(ask) => <$kind>::expected(ask),)+
                }
            }

            /// What the evidence is not, of what this asks for. What is written as assertions is judged apart.
            pub fn unmet(&self, evidence: &Evidence, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
                match (self, evidence) {
                    $((Self::$name(ask), Evidence::$name(evidence)) => <$kind>::unmet(ask, evidence, redact),)+
                    // No probe brings the evidence of another kind.
                    (_ask, _evidence) => None,
                }
            }

            /// The same for what is only worth a warning.
            pub fn shortfall(&self, evidence: &Evidence, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
                match (self, evidence) {
                    $((Self::$name(ask), Evidence::$name(evidence)) => {
                        <$kind>::shortfall(ask, evidence, redact)
                    })+
                    // No probe brings the evidence of another kind.
                    (_ask, _evidence) => None,
                }
            }

            /// Made-up evidence for it: a good answer, with this code where the protocol has codes.
            pub fn example(&self, code: u16) -> Evidence {
                match self {
                    $(Self::$name(_) => Evidence::$name(<$kind>::example(code)),)+
                }
            }
        }

        impl Evidence {
            /// What the ledger keeps of it; 0 where the protocol has no codes.
            pub fn code(&self) -> u16 {
                match self {
                    $(Self::$name(evidence) => <$kind>::code(evidence),)+
                }
            }

            /// The beginning of the answer in one line, for people; not redacted.
            pub fn excerpt(&self) -> Option<String> {
                match self {
                    $(Self::$name(evidence) => <$kind>::excerpt(evidence),)+
                }
            }

            pub fn reader(&self) -> EvidenceReader<'_> {
                match self {
                    $(Self::$name(evidence) => EvidenceReader::$name(<$kind>::reader(evidence)),)+
                }
            }
        }

        impl EvidenceReader<'_> {
            /// What there is where `assertion` looks.
            pub fn measure(&self, assertion: &Assertion, redact: Redact<'_>) -> Measured<'_> {
                match self {
                    $(Self::$name(reader) => <$kind>::measure(reader, assertion, redact),)+
                }
            }
        }
    };
}
