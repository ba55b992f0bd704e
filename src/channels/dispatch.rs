//! From the list of kinds to the types that hold any one of them.

/// Each kind by a name of its own, with the type that implements [`Channel`](super::Channel).
macro_rules! channels {
    ($($name:ident($kind:ty)),+ $(,)?) => {
        /// Which kind a channel is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ChannelKind {
            $($name,)+
        }

        /// What a channel has of its own kind, references to secrets filled in or not.
        #[derive(Debug, Clone, PartialEq)]
        pub enum KindSettings {
            $($name(<$kind as Channel>::Settings),)+
        }

        impl ChannelKind {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word for it in files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => <$kind>::KIND,)+
                }
            }

            pub fn limits(self) -> ChannelLimits {
                match self {
                    $(Self::$name => <$kind>::LIMITS,)+
                }
            }

            /// Whether messages go over TLS sessions that are made here.
            pub fn has_tls(self) -> bool {
                match self {
                    $(Self::$name => <$kind>::HAS_TLS,)+
                }
            }

            /// Fields that are nothing but a credential.
            pub fn credentials(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => <$kind>::CREDENTIALS,)+
                }
            }

            /// The schema of the fields that it has of its own.
            pub fn schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self {
                    $(Self::$name => <<$kind as Channel>::Settings as JsonSchema>::json_schema(generator),)+
                }
            }

            /// Reads the fields that it has of its own, and no other.
            pub fn read(self, fields: &Map<String, Value>) -> Result<KindSettings, serde_json::Error> {
                match self {
                    $(Self::$name => Deserialize::deserialize(fields).map(KindSettings::$name),)+
                }
            }

            /// Whether the request was accepted.
            pub fn receipt(self, answer: &ChannelAnswer) -> Receipt {
                match self {
                    $(Self::$name => <$kind>::receipt(answer),)+
                }
            }
        }

        impl KindSettings {
            pub fn kind(&self) -> ChannelKind {
                match self {
                    $(Self::$name(_) => ChannelKind::$name,)+
                }
            }

            /// The texts in which references to secrets are filled in, by field.
            pub fn secrets(&mut self) -> Vec<(&'static str, &mut SecretText)> {
                match self {
                    $(Self::$name(settings) => <$kind>::secrets(settings),)+
                }
            }

            /// Reports what no schema can say.
            pub fn check(&self, at: &Path, violations: &mut Vec<Violation>) {
                match self {
                    $(Self::$name(settings) => <$kind>::check(settings, at, violations),)+
                }
            }

            pub fn grouping(&self) -> Grouping {
                match self {
                    $(Self::$name(settings) => <$kind>::grouping(settings),)+
                }
            }

            /// Labels that a channel of levels adds to each alert.
            pub fn labels(&self) -> BTreeMap<String, String> {
                match self {
                    $(Self::$name(settings) => <$kind>::labels(settings),)+
                }
            }

            pub fn render(&self, message: &Message) -> Vec<ChannelRequest> {
                match self {
                    $(Self::$name(settings) => <$kind>::render(settings, message),)+
                }
            }
        }
    };
}
