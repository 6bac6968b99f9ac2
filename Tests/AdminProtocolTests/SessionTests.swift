import Kernel
import Operations
import TestSupport
import Testing

@testable import AdminProtocol

@Suite struct SessionTests {
  @Test func changesWaitAndReadsRunTogether() throws {
    var driver = try SessionDriver(known: true)
    driver.feed((1...6).map { "@r\($0) customer list\r\n" }.joined() + "@w customer create code=A\r\n@s customer list\r\n")
    #expect(driver.pending.count == 4)
    driver.complete(3)
    #expect(driver.replies == [], "the fourth is done, but the first is not")
    #expect(driver.pending.count == 4, "the fifth has begun")
    driver.complete(0)
    #expect(driver.replies == ["@r1 200"])
    while driver.pending.count > 1 { driver.complete(1) }
    #expect(driver.started.count == 6, "the change waits for every read")
    driver.complete()
    #expect(driver.replies == ["@r1 200", "@r2 200", "@r3 200", "@r4 200", "@r5 200", "@r6 200"])
    #expect(driver.started.last == "customer.create" && driver.pending.count == 1, "the read waits for the change")
    driver.complete()
    driver.complete()
    #expect(driver.replies.suffix(2) == ["@w 201", "@s 200"])
  }

  @Test func nothingBehindAuthIsLookedAt() throws {
    var driver = try SessionDriver()
    driver.feed("@1 AUTH token=good\r\n@2 customer create code=A\r\n@3 customer list\r\n")
    #expect(driver.started == ["authenticate"])
    driver.complete()
    #expect(driver.started == ["authenticate", "customer.create"])
    driver.completeAll()
    #expect(driver.replies == ["@1 200", "@2 201", "@3 200"])
  }

  @Test(arguments: ["AUTH token=bad", "AUTH", "AUTH tenant=ACME", "AUTH token=", "AUTH now", "AUTH a=1 b=2", "auth token=bad"])
  func behindAFailedAuthNothingRuns(auth: String) throws {
    var driver = try SessionDriver()
    driver.feed("@1 \(auth)\r\n@2 session open tenant=A login=b password=c\r\n@3 HELLO\r\n")
    driver.completeAll()
    #expect(driver.replies.count == 1 && driver.isClosed, "\(driver.lines)")
    #expect(driver.started.allSatisfy { $0 == "authenticate" })
    driver.feed("@4 HELLO\r\n")
    #expect(driver.replies.count == 1)
  }

  @Test func behindQuitNothingRuns() throws {
    var driver = try SessionDriver(known: true)
    driver.feed("@1 customer list\r\n@2 QUIT\r\n@3 customer create code=A\r\n")
    driver.completeAll()
    #expect(driver.replies == ["@1 200", "@2 200"] && driver.isClosed && driver.started == ["customer.list"])
  }

  @Test func whoIsNobodyMayDoWhatNeedsNobody() throws {
    var driver = try SessionDriver()
    driver.feed("@1 customer list\r\n@2 session open tenant=A login=b password=c\r\n")
    driver.completeAll()
    #expect(driver.replies == ["@1 401", "@2 201"])
    #expect(driver.started == ["session.open"])
    #expect(driver.session.wantsInput)
    driver.feed("@3 HELLO\r\n@4 HELLO\r\n")
    #expect(driver.replies.suffix(2) == ["@3 200", "@4 313"] && driver.isClosed, "three commands")
  }

  @Test func aSecondAuthChangesNothing() throws {
    var driver = try SessionDriver()
    driver.feed("@1 AUTH token=good\r\n")
    driver.complete()
    driver.feed("@2 AUTH token=bad\r\n@3 customer list\r\n")
    driver.completeAll()
    #expect(driver.replies == ["@1 200", "@2 309", "@3 200"] && !driver.isClosed)
  }

  /// Whom the host knows may be somebody else by a token, once.
  @Test func onTheSocketATokenTakesThePlaceOfTheHostsWord() throws {
    var driver = try SessionDriver(known: true)
    driver.feed("@1 AS tenant=ACME\r\n@2 AUTH token=good\r\n@3 customer create code=A\r\n")
    driver.complete()
    #expect(driver.started.last == "authenticate" && driver.session.customer == "cus_acme")
    driver.completeAll()
    #expect(driver.session.customer == nil)
    driver.feed("@4 AUTH token=bad\r\n@5 customer list\r\n")
    driver.completeAll()
    #expect(driver.replies == ["@1 200", "@2 200", "@3 201", "@4 309", "@5 200"] && !driver.isClosed)
  }

  @Test(arguments: ["AUTH token=bad", "AUTH", "AUTH now"]) func onTheSocketTooAFailedAuthEndsTheSession(auth: String) throws {
    var driver = try SessionDriver(known: true)
    driver.feed("@1 \(auth)\r\n@2 customer create code=A\r\n")
    driver.completeAll()
    #expect(driver.replies.count == 1 && driver.isClosed && !driver.started.contains("customer.create"), "\(driver.lines)")
  }

  @Test func aSessionWhoseProofHasGoneEnds() throws {
    var driver = try SessionDriver(known: true)
    driver.feed("@1 customer list\r\n@2 customer create code=A\r\n")
    driver.complete(0, .lost(Failure(.unauthenticated, OperationMessages.unauthenticated)))
    #expect(driver.replies == ["@1 401"] && driver.isClosed && driver.started == ["customer.list"])
  }

  @Test func theCustomerThatIsMeant() throws {
    var driver = try SessionDriver(known: true)
    driver.feed(
      "FORMAT json\r\nAS tenant=ACME\r\nperson list\r\nperson list customer=cus_other\r\ncustomer list\r\nAS tenant=NOBODY\r\nperson list\r\nAS tenant=\r\nperson list\r\n"
    )
    driver.completeAll()
    let inputs = driver.lines.compactMap { try? JSON.read(String($0.dropFirst(6)))["input"]?["customer"] }
    #expect(inputs == ["cus_acme", "cus_other", "cus_acme"], "and neither for the listing of customers nor after the end of it: \(driver.lines)")
  }

  @Test func idempotencyKeysAreTold() throws {
    var driver = try SessionDriver(known: true)
    driver.feed("@1 customer create code=A request-id=mine\r\n@2 customer create code=A\r\n@3 customer list\r\n")
    var keys: [String?] = []
    while let (_, work) = driver.pending.first {
      if case .invoke(_, _, let call) = work { keys.append(call.idempotencyKey) }
      driver.complete(0, keys.count == 2 ? .failed(Failure(.outcomeUnknown, OperationMessages.outcomeUnknown, retryAfterSeconds: 1)) : nil)
    }
    #expect(keys[0] == "mine" && keys[1]?.hasPrefix("auto-") == true && keys[2] == nil)
    #expect(driver.lines[0].hasSuffix(" request-id=mine"))
    #expect(driver.lines[1].contains(" request-id=\(keys[1] ?? "?") ") && driver.lines[1].hasPrefix("@2 703 "))
    #expect(!driver.lines[2].contains("request-id="))
  }

  @Test func inputsAreWhatTheTypesSay() throws {
    var driver = try SessionDriver(known: true)
    driver.feed(
      "sample echo-back text=7 count=7 flag=true names=a,b detail=\"{\\\"a\\\":[1]}\"\r\n"
        + "sample echo_back count=\"7\" names=\"[\\\"a,b\\\"]\" text= other=1\r\nsample echo-back detail=x\r\nsample echo-back version=x\r\n")
    var inputs: [Value] = []
    for (_, work) in driver.pending { if case .invoke(_, let input, _) = work { inputs.append(input) } }
    #expect(
      inputs == [
        .object([
          "text": "7", "count": 7, "flag": .bool(true), "names": .array(["a", "b"]), "detail": .object(["a": .array([1])]),
        ]),
        .object(["count": 7, "names": .array(["a,b"]), "text": .null, "other": "1"]),
      ])
    driver.completeAll()
    #expect(driver.replies == ["- 200", "- 200", "- 322", "- 300"])
    #expect(driver.lines[2].contains(" field=detail ") && driver.lines[2].contains(" errors.0.code=input.field_not_json "), "\(driver.lines[2])")
  }

  @Test func aClientThatReadsNothingIsNotReadFrom() throws {
    var driver = try SessionDriver(known: true)
    driver.writable(false)
    driver.feed("@1 customer create code=A\r\n@2 HELLO\r\n")
    #expect(driver.started == [] && driver.output == [] && !driver.session.wantsInput)
    driver.writable(true)
    driver.completeAll()
    #expect(driver.replies == ["@1 201", "@2 200"])
  }

  @Test func commandsDoNotPileUp() throws {
    var limits = AdminLimits()
    limits.waitingCommands = 5
    limits.waitingBytes = 1000
    var driver = try SessionDriver(known: true, limits: limits)
    driver.feed(String(repeating: "customer create code=A\r\n", count: 8))
    #expect(!driver.session.wantsInput)
    driver.completeAll()
    #expect(driver.replies.count == 8 && driver.session.wantsInput)
    driver.feed("customer create code={1500}\r\n\(String(repeating: "x", count: 1500))\r\n")
    #expect(!driver.session.wantsInput)
    driver.completeAll()
    #expect(driver.session.wantsInput)
  }

  @Test func theFirstLineTellsWhoDoesNotSpeakThis() throws {
    for known in [true, false] {
      var driver = try SessionDriver(known: known)
      driver.feed("POST /v1/customers HTTP/1.1\r\nHost: x\r\n\r\ncustomer create code=A\r\n")
      #expect(driver.replies == ["- 300"] && driver.isClosed && driver.started == [])
      #expect(!driver.lines[0].contains("POST") && !driver.lines[0].contains("customers"))
    }
    var driver = try SessionDriver(known: true)
    driver.feed("HELLO\r\nincident /\r\nHELLO\r\n")
    #expect(driver.replies == ["- 200", "- 300", "- 200"] && !driver.isClosed)
  }

  @Test func deadlines() throws {
    var driver = try SessionDriver()
    #expect(driver.session.nextTimeout == driver.now + .seconds(10))
    driver.now += .seconds(9)
    driver.feed("HELLO\r\n")
    driver.timeout()
    #expect(!driver.isClosed)
    driver.now += .seconds(1)
    driver.timeout()
    #expect(driver.replies == ["- 200", "* 308"] && driver.isClosed, "HELLO gives no more time")

    driver = try SessionDriver()
    driver.feed("AUTH token=good\r\n")
    driver.now += .seconds(11)
    #expect(driver.session.nextTimeout == nil, "the server is not the client's fault")
    driver.complete()
    #expect(driver.session.nextTimeout == driver.now + .seconds(600))
    driver.now += .seconds(599)
    driver.feed("customer li")
    driver.now += .seconds(1)
    driver.timeout()
    #expect(driver.replies.last == "* 308" && driver.isClosed, "a part of a command is nothing")
  }

  @Test func theEndOfTheServer() throws {
    var driver = try SessionDriver(known: true)
    driver.stop()
    #expect(driver.replies == ["* 503"] && driver.isClosed)

    driver = try SessionDriver(known: true)
    driver.feed("@1 customer list\r\n@2 customer list\r\n@3 customer create code=A\r\n@4 customer list\r\n")
    driver.stop()
    driver.feed("@5 HELLO\r\n")
    #expect(driver.replies == [])
    driver.completeAll()
    #expect(driver.replies == ["@1 200", "@2 200", "* 503"] && driver.isClosed)
    #expect(driver.started == ["customer.list", "customer.list"])
  }

  /// An orderly end of the input: what came whole is run; a truncation: what has begun is finished.
  @Test func theEndOfTheInput() throws {
    let text = "@1 customer list\r\n@2 customer create code=A\r\n@3 customer create code=B"
    var driver = try SessionDriver(known: true)
    driver.feed(text)
    driver.end()
    driver.completeAll()
    #expect(driver.replies == ["@1 200", "@2 201"] && driver.isClosed)
    driver = try SessionDriver(known: true)
    driver.feed(text)
    driver.end(isTruncated: true)
    driver.completeAll()
    #expect(driver.started == ["customer.list"] && driver.isClosed)
  }

  /// Cut at each byte, by either end: a write runs only if all of it came.
  @Test func aCommandCutShortIsNotRun() throws {
    let text = Array("customer change id=cus_1 name=\"A B\" zone={13}\r\nEurope/Berlin version=1\r\n".utf8)
    for count in 0...text.count {
      for isTruncated in [true, false] {
        var driver = try SessionDriver(known: true)
        driver.feed(text[..<count])
        driver.end(isTruncated: isTruncated)
        #expect(driver.started == (count == text.count ? ["customer.change"] : []), "\(count) bytes")
      }
    }
  }
}
