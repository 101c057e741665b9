"""The signature, against the worked example of the provider's documentation and against itself."""

from palace.notices.signing import NOTHING, authorization, canonical_query, parts_of, signature

# The example "RunInstances" of the description of signature version 3.
EXAMPLE = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": NOTHING,
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
QUERY = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_signature_is_that_of_the_documentation():
    query = canonical_query(QUERY)
    assert signature("YourAccessKeySecret", "POST", "/", query, EXAMPLE) == SIGNATURE


def test_signature_leaves_other_headers_out():
    query = canonical_query(QUERY)
    more = EXAMPLE | {"user-agent": "anything", "accept": "*/*"}
    assert signature("YourAccessKeySecret", "POST", "/", query, more) == SIGNATURE


def test_authorization_can_be_taken_apart():
    value = authorization("id", "YourAccessKeySecret", "POST", "/", canonical_query(QUERY), EXAMPLE)
    names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
    assert parts_of(value) == {"Credential": "id", "SignedHeaders": names, "Signature": SIGNATURE}


def test_parts_of_another_scheme_are_none():
    assert (parts_of("Bearer abc"), parts_of("")) == ({}, {})


def test_canonical_query_encodes_and_sorts():
    assert canonical_query({"b": "a b+c*~/", "a": "中"}) == "a=%E4%B8%AD&b=a%20b%2Bc%2A~%2F"
