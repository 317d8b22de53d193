/* server.c - a question as a SubjectAccessReview. */

#include "access/server.h"

struct access_user access_user_of_review(const struct review_user *user)
{
        return (struct access_user){
                .name = user->name, .groups = user->groups.items, .group_count = user->groups.count};
}

bool access_ask_server(struct arena *arena, struct reviewer *reviewer, struct access_answer *answer, bool is_self,
                       struct err *err)
{
        const struct access_request *request = &answer->request;
        struct access_server *server = arena_new(arena, struct access_server);
        struct review_user user = {.name = answer->user.name};
        struct review_verdict verdict;
        const struct review_question question = {
                .user = is_self ? NULL : &user,
                .verb = request->verb,
                .group = request->group,
                .resource = request->resource,
                .subresource = request->subresource,
                .name = request->name,
                .ns = request->ns,
                .path = request->path,
                .is_path = request->is_path,
        };

        for (size_t i = 0; i < answer->user.group_count; i++)
                *vec_push(arena, &user.groups) = answer->user.groups[i];
        TRY(review_access(reviewer, arena, &question, &verdict, err));
        *server = (struct access_server){
                .allowed = verdict.allowed,
                .denied = verdict.denied,
                .reason = verdict.reason.len ? verdict.reason : verdict.error,
        };
        answer->server = server;
        return true;
}

bool access_server_differs(const struct access_answer *answer)
{
        return answer->server && answer->verdict != ACCESS_UNKNOWN && !access_answer_is_open(answer)
               && answer->server->allowed != (answer->verdict == ACCESS_YES);
}
