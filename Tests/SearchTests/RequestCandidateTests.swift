import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// Requests of which articles should be made: marked, declined, drafted and listed as incidents are.
@Suite struct RequestCandidateTests {
  private let world: SearchWorld

  init() async throws { world = try await SearchWorld() }

  /// The id of a request that was fulfilled.
  private func fulfilled(of customer: TenantEntry? = nil) async throws -> Value {
    let made = try await world.request("For travelling", of: customer)
    try await world.call("task.complete", ["id": made["tasks"]?.array?.first?["id"] ?? .null, "result": "Unpacked and set up"])
    return made["id"] ?? .null
  }

  @discardableResult
  private func act(_ act: String, _ request: Value, remark: Value = .null, as principal: Principal? = nil) async throws -> Value {
    try await world.call("knowledge_candidate.\(act)", ["id": request, "remark": remark], as: principal)
  }

  @discardableResult
  private func draft(_ request: Value, as principal: Principal? = nil) async throws -> Value {
    try await world.call("knowledge_candidate.draft_request", ["id": request], as: principal)
  }

  private func entries(_ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [Value] {
    try await world.call("knowledge_candidate.requests", more, as: principal)["items"]?.array ?? []
  }

  private func listed(_ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [Value] {
    try await entries(more, as: principal).map { $0["request"] ?? .null }
  }

  private func refusal(_ body: () async throws -> Value) async -> String {
    do {
      _ = try await body()
      return "accepted"
    } catch let failure as Failure {
      return failure.code
    } catch {
      return "\(error)"
    }
  }

  @Test func anArticleIsMadeOfAFulfilledRequest() async throws {
    let open = try await world.request("For later")["id"] ?? .null
    #expect(await refusal { try await act("mark_request", open) } == "request.not_fulfilled")
    let id = try await fulfilled()
    #expect(await refusal { try await draft(id) } == "request.no_candidate")
    #expect(await refusal { try await act("decline_request", id) } == "request.no_candidate")
    try await act("mark_request", id, remark: "Often")
    #expect(await refusal { try await act("mark_request", id) } == "request.candidate_already")
    let entry = try await entries().first
    #expect(entry?["request"] == id && entry?["number"] == "ACME-REQ-000002" && entry?["customer"] == .id(world.acme.publicId))
    #expect(entry?["offering"] == world.laptop && entry?["offeringCode"] == "LAPTOP" && entry?["name"]?["en"] == "Laptop")
    #expect(entry?["state"] == "open" && entry?["remark"] == "Often" && entry?["article"]?.isNull == true)
    #expect(entry?["by"]?.text == world.engineer.name)
    let article = try await draft(id)["article"] ?? .null
    let begun = try await world.call("article.inspect", ["id": article])
    let content = begun["draft"]
    #expect(begun["kind"] == "how_to")
    #expect(content?["title"]?["en"] == "Laptop" && content?["title"]?["zh-Hans"] == "笔记本电脑")
    #expect(content?["body"]?["en"] == "- Purpose: For travelling\n\n---\n\n- Fulfil: Laptop: Unpacked and set up")
    #expect(content?["body"]?["zh-Hans"] == "- Purpose: For travelling\n\n---\n\n- 履行：笔记本电脑: Unpacked and set up")
    // It is about this customer for good, and internal until its writers decide otherwise.
    #expect(begun["onlyFor"] == .id(world.acme.publicId) && begun["audience"] == "internal")
    #expect(await refusal { try await draft(id) } == "request.no_candidate")
    #expect(await refusal { try await act("mark_request", id) } == "request.candidate_already")
    #expect(try await listed().isEmpty)
    #expect(try await entries(["state": "drafted"]).map { $0["article"] ?? .null } == [article])
    // What was begun so can go on to its readers.
    let sent = try await world.call("article.submit", ["id": article], version: begun["version"])
    let reviewer = try await world.database.staff(.engineer)
    #expect(try await world.call("article.publish", ["id": article], as: reviewer, version: sent["version"])["state"] == "published")
  }

  @Test func whatIsDeclinedWaitsNoMore() async throws {
    let id = try await fulfilled()
    try await act("mark_request", id, remark: "Perhaps")
    try await act("decline_request", id, remark: "Once in a life")
    #expect(try await listed().isEmpty)
    #expect(try await entries(["state": "declined"]).map { $0["remark"] ?? .null } == ["Once in a life"])
    #expect(await refusal { try await act("decline_request", id) } == "request.no_candidate")
    #expect(await refusal { try await draft(id) } == "request.no_candidate")
    try await act("mark_request", id)
    #expect(try await listed() == [id])
    #expect(try await listed(["state": "declined"]).isEmpty)
  }

  /// Guards: without the look at the notes an article is begun of what one says already; without that of the finder it waits for one.
  @Test func whatAnArticleHelpedWithIsNoCandidate() async throws {
    let laptop = try await world.published("How a laptop is set up")
    let id = try await fulfilled()
    func note(_ use: Value) async throws { try await world.call("request.cite", ["id": id, "article": laptop, "use": use]) }
    func takeBack() async throws { try await world.call("request.uncite", ["id": id, "article": laptop]) }
    for use in ["used", "solved"] as [Value] {
      try await note(use)
      #expect(await refusal { try await act("mark_request", id) } == "request.has_article", "\(use)")
    }
    try await takeBack()
    try await act("mark_request", id)
    let other = try await fulfilled()
    try await act("mark_request", other)
    try await note("solved")
    #expect(try await listed() == [other])
    #expect(await refusal { try await draft(id) } == "request.has_article")
    try await takeBack()
    #expect(try await listed() == [other, id])
    // Whoever sees that it needs none says so all the same.
    try await note("used")
    try await act("decline_request", id)
    #expect(try await listed(["state": "declined"]) == [id])
  }

  /// What an earlier version only recorded, and staff closed, was never fulfilled by anybody.
  @Test func whatWasOnlyRecordedIsNoCandidate() async throws {
    let id = try await world.request("Long ago")["id"] ?? .null
    try await world.database.runAsSuperuser(
      """
      delete from requests.task;
      update requests.request set state = 'submitted', decided_at = null, started_at = null, tasks_total = 0
      """)
    let read = try await world.call("request.read", ["id": id])
    let closed = try await world.call("request.close", ["id": id, "reason": "Delivered in 2025"], version: read["version"])
    #expect(closed["state"] == "closed")
    #expect(await refusal { try await act("mark_request", id) } == "request.not_fulfilled")
  }

  /// What was done for it did not hold, so no article is made of that; its mark stays. Guards: without the state in the finder's function it waits for
  /// one, without that in the operation one is begun of what did not help.
  @Test(arguments: [false, true])
  func whatIsOpenedAgainIsNoCandidateUntilItIsFulfilledAgain(_ isClosed: Bool) async throws {
    let id = try await fulfilled()
    if isClosed { try await world.call("request.close", ["id": id], version: try await world.call("request.read", ["id": id])["version"]) }
    try await act("mark_request", id, remark: "Often")
    #expect(try await listed() == [id])
    let read = try await world.call("request.read", ["id": id])
    let input: KeyValuePairs<String, Value> = ["id": id, "reason": "It does not start", "visibility": "internal"]
    try await world.call("request.reopen", input, version: read["version"])
    #expect(try await listed().isEmpty)
    #expect(await refusal { try await draft(id) } == "request.not_fulfilled")
    #expect(await refusal { try await act("mark_request", id) } == "request.not_fulfilled")
    let tasks = try await world.call("request.read", ["id": id])["tasks"]?.array ?? []
    let open = try #require(tasks.first { $0["state"] == "ready" })
    try await world.call("task.complete", ["id": open["id"] ?? .null, "result": "Another one given"])
    #expect(try await listed() == [id])
    #expect(try await entries().first?["remark"] == "Often")
    #expect(await refusal { try await draft(id) } == "accepted")
  }

  /// What was confirmed is a candidate as well; what did not hold is none until it is fulfilled again.
  @Test func theStateDecides() async throws {
    let (confirmed, failed) = (try await fulfilled(), try await fulfilled())
    let seen = try await world.call("request.read", ["id": confirmed])
    try await world.call("request.close", ["id": confirmed], version: seen["version"])
    try await act("mark_request", confirmed)
    let read = try await world.call("request.read", ["id": failed])
    let input: KeyValuePairs<String, Value> = ["id": failed, "reason": "It does not start", "visibility": "public"]
    try await world.call("request.reopen", input, version: read["version"])
    #expect(await refusal { try await act("mark_request", failed) } == "request.not_fulfilled")
    #expect(try await listed() == [confirmed])
  }

  /// The queue of all customers, the newest first; of those that one serves. Guard: without the permitted customers in the finder's function whoever
  /// serves one sees the candidates of all.
  @Test func candidatesAreListedOverAllCustomers() async throws {
    var ids: [Value] = []
    for customer in [world.acme, world.other, world.acme] {
      let id = try await fulfilled(of: customer)
      try await act("mark_request", id)
      ids.append(id)
    }
    #expect(try await listed() == Array(ids.reversed()))
    #expect(try await listed(["customer": .id(world.other.publicId)]) == [ids[1]])
    #expect(try await listed(as: world.servesOther) == [ids[1]], "nothing of whom he does not serve")
    await expectFailure(.invalid) { try await listed(["customer": .id(world.acme.publicId)], as: world.servesOther) }
    await expectFailure(.invalid) { try await listed(["state": "closed"]) }
    let first = try await world.call("knowledge_candidate.requests", ["limit": 2])
    #expect(try await listed(["limit": 2, "cursor": first["next"] ?? .null]) == [ids[0]])
    await expectFailure(.invalid) { try await listed(["cursor": first["next"] ?? .null, "state": "declined"]) }
  }

  /// Of one customer's requests nobody who does not serve him makes anything; customers learn nothing of it.
  @Test func onlyWhoServesTheCustomerMayActOnIt() async throws {
    let id = try await fulfilled()
    await expectFailure(.notFound) { try await act("mark_request", id, as: world.servesOther) }
    try await act("mark_request", id)
    for act in ["mark_request", "decline_request"] {
      await expectFailure(.notFound) { try await self.act(act, id, as: world.servesOther) }
      await expectFailure(.denied) { try await self.act(act, id, as: world.manager) }
    }
    await expectFailure(.notFound) { try await draft(id, as: world.servesOther) }
    await expectFailure(.denied) { try await draft(id, as: world.manager) }
    await expectFailure(.denied) { try await listed(as: world.manager) }
    // Who keeps the customer's contracts reads and writes articles, and works on no requests.
    let overseer = try await world.database.staff(.accountManager)
    await expectFailure(.denied) { try await act("decline_request", id, as: overseer) }
    #expect(try await listed(as: overseer) == [id])
    try await draft(id, as: overseer)
    #expect(try await listed().isEmpty)
  }

  /// Among many that are settled those that wait are found by their own index, of all customers and of one. Guard: without it all are read.
  @Test func whatWaitsIsFoundByItsIndex() async throws {
    try await world.database.runAsSuperuser(
      """
      begin;
      set local session_replication_role = replica;
      insert into requests.knowledge_candidate (tenant_id, request_id, state, actor_kind, actor_id, actor_name, recorded_at)
        select 1000 + n % 499, n, case when n % 100 = 0 then 'open' else 'declined' end, 'staff', 1, 'Kim',
          timestamptz '2026-03-02T08:00:00Z' + n * interval '1 second'
        from generate_series(1, 20000) n;
      analyze requests.knowledge_candidate;
      commit
      """)
    for (permitted, index) in [("null", "knowledge_candidate_newest"), ("array[1001]", "knowledge_candidate_of_tenant")] {
      let given: Value = .object(["wanted_state": "'open'", "permitted": .text(permitted)])
      let plan = try await world.database.finderPlan("request_candidates", given: given)
      #expect(plan.contains { $0.contains(index) } && !plan.contains { $0.contains("Seq Scan on knowledge_candidate") }, "\(plan.joined(separator: "\n"))")
    }
  }
}
