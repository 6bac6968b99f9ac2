import Kernel
import Operations
import TLS
import Tenancy
import TestSupport
import Testing

@Suite struct LimitTests {
  @Test func aBucketFillsAgain() {
    let buckets = TokenBuckets<String>(perSecond: 2, burst: 3)
    let start = ContinuousClock.now
    for _ in 0..<3 { #expect(buckets.take("a", at: start) == nil) }
    #expect(buckets.take("a", at: start) == 1)
    #expect(buckets.take("b", at: start) == nil, "each has its own")
    #expect(buckets.take("a", at: start + .milliseconds(600)) == nil)
    #expect(buckets.take("a", at: start + .milliseconds(600)) == 1)
    buckets.giveBack("a", at: start + .milliseconds(600))
    #expect(buckets.take("a", at: start + .milliseconds(600)) == nil)
    let slow = TokenBuckets<String>(perSecond: 0.1, burst: 1)
    #expect(slow.take("a", at: start) == nil)
    #expect(slow.take("a", at: start) == 10)
  }

  @Test func loginsOfOneNetworkAreOneClient() {
    let limiter = LoginLimiter()
    for index in 0..<5 { #expect(limiter.admit(login: "a", peer: "2001:db8::\(index)") == nil) }
    #expect(limiter.admit(login: "a", peer: "2001:db8::99") != nil)
    #expect(limiter.admit(login: "a", peer: "2001:db8:0:1::1") == nil)
    limiter.succeeded(login: "a", peer: "2001:db8::1")
    #expect(limiter.admit(login: "a", peer: "2001:db8::99") == nil)
  }

  /// A flood of made-up tokens costs a look-up each only as long as the address has not shown too many.
  @Test func whoGuessesTokensIsSlowed() async throws {
    let database = try await TestDatabase.make()
    let customer = try await database.customer("ACME")
    _ = try await database.newAccount("good@x.test", of: customer)
    let good = try await database.login("ACME", "good@x.test")
    let authenticator = Authenticator(tenancy: database.tenancy, strangers: TokenBuckets(perSecond: 0.001, burst: 5))
    let unknown = { Secret(handle: customer.handle, random: SystemRandom.source).text }
    #expect(try await authenticator.principal(bearer: good, via: .http, peer: "2001:db8::1") != nil)
    for _ in 0..<5 { #expect(try await authenticator.principal(bearer: unknown(), via: .http, peer: "2001:db8::1") == nil) }
    for via in [Actor.Via.http, .cli] {
      await #expect(throws: TooManyUnknownSecrets.self) { try await authenticator.principal(bearer: unknown(), via: via, peer: "2001:db8::2") }
    }
    let failure = Failure(TooManyUnknownSecrets(seconds: 7), constraints: [:])
    #expect(failure.kind == .limited && failure.retryAfterSeconds == 7)
    // Neither who was there before nor who is elsewhere pays for it.
    try await Task.sleep(for: .milliseconds(1000))
    #expect(try await authenticator.principal(bearer: good, via: .http, peer: "2001:db8::1") != nil)
    #expect(try await authenticator.principal(bearer: good, via: .http, peer: "192.0.2.1") != nil)
    #expect(try await authenticator.principal(bearer: unknown(), via: .http, peer: "192.0.2.1") == nil)
  }
}
