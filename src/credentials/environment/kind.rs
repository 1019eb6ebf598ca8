//! Authentication methods, and the settings that select them.

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Token,
    AccessKey,
    Password,
    ApplicationCredential,
}

impl Kind {
    pub(super) const ALL: [Self; 4] =
        [Self::Token, Self::AccessKey, Self::Password, Self::ApplicationCredential];

    /// The values of `auth_type`. The first one is used in messages.
    pub(super) fn types(self) -> &'static [&'static str] {
        match self {
            Self::Token => &["token", "v3token"],
            Self::AccessKey => &["aksk"],
            Self::Password => &["password", "v3password"],
            Self::ApplicationCredential => {
                &["v3applicationcredential", "v3_application_credential"]
            }
        }
    }

    /// The settings that select it.
    pub(super) fn marks(self) -> &'static [&'static str] {
        match self {
            Self::Token => &["token"],
            Self::AccessKey => &["access_key", "secret_key"],
            Self::Password => &["password"],
            Self::ApplicationCredential => &[
                "application_credential_secret",
                "application_credential_id",
                "application_credential_name",
            ],
        }
    }
}
