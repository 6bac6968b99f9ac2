import Kernel
import Testing

@testable import TLS

/// Reads the hexadecimal text of the standards' test vectors.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }
  return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
}

@Suite struct DigestTests {
  @Test(arguments: [
    // FIPS 180-4's examples, and the empty message.
    ("abc", "ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad"),
    ("", "e3b0c442 98fc1c14 9afbf4c8 996fb924 27ae41e4 649b934c a495991b 7852b855"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61 d20638b8 e5c02693 0c3e6039 a33ce459 64ff2167 f6ecedd4 19db06c1"
    ),
  ])
  func digestsOfTheStandard(text: String, digest: String) {
    #expect(SHA256.hash(text) == hex(digest))
  }

  @Test(arguments: [
    // RFC 4231, cases 1, 2, 3, 6 and 7; the third has non-ASCII data, the last two a key longer than a block.
    (hex(String(repeating: "0b", count: 20)), Array("Hi There".utf8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
      hex(String(repeating: "aa", count: 20)), hex(String(repeating: "dd", count: 50)),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      hex(String(repeating: "aa", count: 131)), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      hex(String(repeating: "aa", count: 131)),
      Array(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
          .utf8), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func codesOfTheStandard(key: [UInt8], data: [UInt8], code: String) {
    #expect(HMACSHA256.code(data, key: key) == hex(code))
    #expect(HMACSHA256.isValid(hex(code), for: data, key: key))
    #expect(!HMACSHA256.isValid(hex(code), for: data + [0], key: key))
  }

  @Test func emptyKeyIsAKey() {
    // Computed with `printf '' | openssl dgst -sha256 -hmac ''`.
    #expect(HMACSHA256.code([], key: []) == hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
    #expect(HMACSHA256.code([1], key: []) != HMACSHA256.code([1], key: [1]))
  }

  @Test func comparesWholeSecrets() {
    #expect(constantTimeEquals([], []))
    #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
    #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
    #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
  }

  @Test func randomBytesDiffer() {
    #expect(SystemRandom.bytes(0).isEmpty)
    #expect(SystemRandom.bytes(32).count == 32)
    #expect(Set((0..<1000).map { _ in SystemRandom.source.bytes(16) }).count == 1000)
  }
}
