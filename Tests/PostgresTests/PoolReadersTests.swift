import Testing

@testable import Postgres

/// Who may read at once, decided without a database: connections and callers are numbers.
@Suite struct PoolReadersTests {
  typealias Pool = PoolStateMachine<Int, Int>

  static let start = ContinuousClock.now

  static func instant(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

  /// A pool whose connections are all open and idle.
  static func pool(_ maximum: Int, readers: Int, reserved: Int = 1) -> Pool {
    var pool = Pool(maximum: maximum, reserved: reserved, maximumWaiters: 100, maximumReaders: readers)
    var opened = 0
    for waiter in 0..<maximum {
      guard case .wait(let actions) = pool.acquire(.administration, id: UInt64(waiter), waiter: waiter, now: start) else { continue }
      #expect(actions.connects == 1)
    }
    var leases: [Pool.Lease] = []
    while opened < maximum {
      leases += pool.connected(opened, now: start).leases.map(\.1)
      opened += 1
    }
    for lease in leases { _ = pool.release(lease, isKept: true, now: start) }
    #expect(pool.idle.count == maximum)
    return pool
  }

  static func lease(_ pool: inout Pool, _ purpose: PoolPurpose, at milliseconds: Int, id: UInt64 = 1000) -> Pool.Lease? {
    guard case .lease(let lease) = pool.acquire(purpose, id: id, waiter: Int(id), now: instant(milliseconds)) else { return nil }
    return lease
  }

  @Test func soManyReadAtOnceAndTheNextOneWaits() throws {
    var pool = Self.pool(8, readers: 2)
    let first = try #require(Self.lease(&pool, .reading, at: 0))
    #expect(Self.lease(&pool, .reading, at: 1) != nil)
    #expect(Self.lease(&pool, .reading, at: 2, id: 7) == nil)
    #expect(pool.waiterCount == 1)
    // Who writes is not held up by those who wait to read.
    #expect(Self.lease(&pool, .work, at: 3) != nil)
    let actions = pool.release(first, isKept: true, now: Self.instant(4))
    #expect(actions.leases.map(\.0) == [7])
    #expect(actions.leases.map(\.1.purpose) == [.reading])
  }

  @Test func whoReadsForLongHoldsNobodyUp() throws {
    var pool = Self.pool(5, readers: 1)
    #expect(Self.lease(&pool, .reading, at: 0) != nil)
    guard case .wait(let waiting) = pool.acquire(.reading, id: 7, waiter: 7, now: Self.instant(10)) else {
      Issue.record("it was not to get a connection")
      return
    }
    #expect(waiting.lookAgainAt == Self.instant(50))
    #expect(pool.lookAgain(now: Self.instant(49)).leases.isEmpty)
    #expect(pool.lookAgain(now: Self.instant(50)).leases.map(\.0) == [7])
    // And so on, but for the reserved connection.
    for (id, at) in [(8, 100), (9, 150)] as [(UInt64, Int)] { #expect(Self.lease(&pool, .reading, at: at, id: id) != nil, "\(id)") }
    #expect(Self.lease(&pool, .reading, at: 1000, id: 10) == nil)
    #expect(pool.waiterCount == 1)
  }

  @Test func thoseWhoReadAreServedInOrder() throws {
    var pool = Self.pool(8, readers: 1)
    var lease = try #require(Self.lease(&pool, .reading, at: 0))
    for id in 1...5 as ClosedRange<UInt64> { #expect(Self.lease(&pool, .reading, at: 1, id: id) == nil) }
    #expect(pool.removeWaiter(3) == 3)
    for id in [1, 2, 4, 5] {
      let next = try #require(pool.release(lease, isKept: true, now: Self.instant(id + 1)).leases.first)
      #expect(next.0 == id)
      lease = next.1
    }
    #expect(pool.release(lease, isKept: true, now: Self.instant(9)).leases.isEmpty)
    #expect(pool.leased == 0)
    #expect(pool.idle.count == 8)
  }

  /// Guard: if who writes always went first, nobody would read here as long as somebody waits to write.
  @Test func whoWritesDoesNotPassWhoReads() throws {
    var pool = Self.pool(3, readers: 1)
    var leases: [Pool.Lease] = []
    for id in 1...2 as ClosedRange<UInt64> {
      let lease = try #require(Self.lease(&pool, .work, at: 0, id: id))
      leases.append(lease)
    }
    #expect(Self.lease(&pool, .work, at: 1, id: 3) == nil)
    for id in 4...5 as ClosedRange<UInt64> { #expect(Self.lease(&pool, .reading, at: 2, id: id) == nil, "\(id)") }
    #expect(Self.lease(&pool, .work, at: 3, id: 6) == nil)
    var served: [Int] = []
    while let lease = leases.popLast() {
      let next = pool.release(lease, isKept: true, now: Self.instant(4)).leases
      served += next.map(\.0)
      leases = next.map(\.1) + leases
    }
    // The second reader comes when the first is done: he holds up nobody who writes.
    #expect(served == [3, 4, 6, 5])
    #expect(pool.leased == 0 && pool.waiterCount == 0)
  }

  /// A look in time is asked for once, whoever else comes meanwhile.
  @Test func oneLookIsEnough() throws {
    var pool = Self.pool(8, readers: 1)
    #expect(Self.lease(&pool, .reading, at: 0) != nil)
    var looks = 0
    for id in 1...20 as ClosedRange<UInt64> {
      guard case .wait(let actions) = pool.acquire(.reading, id: id, waiter: Int(id), now: Self.instant(Int(id))) else { continue }
      looks += actions.lookAgainAt == nil ? 0 : 1
    }
    #expect(looks == 1)
    // The one who is served then is looked after in his turn.
    let next = pool.lookAgain(now: Self.instant(50))
    #expect(next.leases.count == 1)
    #expect(next.lookAgainAt == Self.instant(100))
  }

  /// No connection is opened for those who may not read yet.
  @Test func nothingIsOpenedInVain() throws {
    var pool = Pool(maximum: 8, reserved: 0, maximumWaiters: 100, maximumReaders: 2)
    var connects = 0
    for id in 1...8 as ClosedRange<UInt64> {
      guard case .wait(let actions) = pool.acquire(.reading, id: id, waiter: Int(id), now: Self.start) else { continue }
      connects += actions.connects
    }
    #expect(connects == 2)
  }
}
