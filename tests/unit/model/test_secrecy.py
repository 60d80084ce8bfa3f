"""Inputs that look like secrets, and requests that hide what they hold."""

import json

import pytest

from cubewatch.model.request import GitRevision, InputValue, RunRequest, WorkflowData
from cubewatch.model.secrecy import MASK, hidden, looks_secret, masked
from cubewatch.text.sanitize import inert_block


@pytest.mark.parametrize(
    "name",
    [
        *("TOKEN", "token", "GITHUB_TOKEN", "githubToken", "githubtoken", "_authToken", "TOKENS"),
        *("apiKey", "APIKey", "APIkey", "API-KEY", "api.key", "x api key", "KEY", "key2", "SSHKEY"),
        *("PRIVATE_KEY", "privatekey", "deployKey", "AWS_ACCESS_KEY_ID", "STRIPE_KEY", "gpg_keys"),
        *(
            "DB_PASSWORD",
            "dbPassword",
            "password1",
            "PASSW0RD",
            "PASS",
            "db.pass",
            "dbPwd",
            "PGPWD",
        ),
        *("client-secret", "SECRETS", "mysecret", "passphrase", "credentials", "AWS_CREDS"),
        *("GOOGLE_APPLICATION_CREDENTIALS", "SOURCECRAFT_PAT", "JWT", "NPM_AUTH", "Authorization"),
        *("KUBECONFIG", "KUBE_CONFIG", "cookie", "TOTP", "signing.pem", "ＴＯＫＥＮ"),
        *(
            "DBPASS",
            "SSHPASS",
            "mysqlpass",
            "DOCKER_AUTH_CONFIG",
            "AUTH_HEADER",
            "USER_PW",
            "npmrc",
        ),
        *("DATABASE_URL", "dbUrl", "SENTRY_DSN", "SLACK_WEBHOOK_URL", "CONNECTION_STRING"),
        *("пароль", "ПАРОЛЬ_БД", "парольБазы", "секрет", "ТОКЕН", "ключ_api", "КЛЮЧ"),
    ],
)
def test_a_name_that_looks_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("MONKEY", "KEYBOARD", "keyboardLayout", "KEYWORDS", "TURKEY", "hockeyTeam", "CACHE_KEY"),
        *("PROJECT_KEY", "primaryKey", "PUBLIC_KEY", "AUTHOR", "AUTHORS", "AUTH_URL", "COMPASS"),
        *(
            "COMPASS_WIDTH",
            "BYPASS_WARNINGS",
            "PASSENGERS",
            "PASSED",
            "MULTIPASS",
            "BASE_URL",
            "DB_NAME",
            "TOKENIZER",
            "tokenise",
        ),
        *("DISCRETE", "SECRETARY", "PATH", "PATTERN", "VERSION", "CHANNEL", "OPTIMIZE", ""),
        *("исключить", "переключатель", "ВЕРСИЯ", "---", "123"),
    ],
)
def test_a_name_that_does_not(name: str) -> None:
    assert not looks_secret(name)


def test_a_request_without_its_secrets() -> None:
    def request(token: str, password: str) -> RunRequest:
        values = (
            InputValue("TOKEN", token),
            InputValue("VERSION", "1.5.0"),
            InputValue("DB_PASSWORD", password),
            InputValue("apiKey", ""),
        )
        first, second = WorkflowData("release", values), WorkflowData("PASSWORD")
        return RunRequest((first, second), GitRevision("branch", "token"), None, shared=True)

    assert masked(request("t", "a long password, of 40 characters or so")) == request(MASK, MASK)
    assert masked(request("", "")) == request("", "")


@pytest.mark.parametrize("secret", ['a"b\nc\td', "-----BEGIN\r\nMIIE\\n=", "пароль", "a.*"])
def test_what_repeats_a_secret_is_masked_however_it_is_spelled(secret: str) -> None:
    for said in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        shown = hidden(inert_block(f"value:\t{said}, bad"), [secret])
        assert MASK in shown
        assert shown.startswith("value:")
        assert shown.endswith(", bad")
        assert len(shown) < 30
    assert hidden("a and b", [secret]) == "a and b"
