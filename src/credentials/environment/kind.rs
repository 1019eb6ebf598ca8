//! The ways to authenticate, and the settings that show which is meant.

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

    /// What the setting `auth_type` calls it, as it is shown, and what else it is called.
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

    /// The settings that show that it is meant.
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
